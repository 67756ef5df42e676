#include "serve/comparable_users.h"

#include <optional>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/made_events.h"
#include "serve/made_bundle.h"
#include "serve/snapshot.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using profile::Bit;
using profile::MadeConsent;
using profile::Purpose;
using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1700000000;

class ComparableUsersTest : public ::testing::Test {
 protected:
  void Require(ConsentRule consent) {
    LiveEventSettings settings;
    settings.directory = (folder_.path() / "events").string();
    settings.consent = consent;
    profiles_.emplace(settings, profile::MadeEventFiles());
  }
  void Agree(const std::string& user, std::uint64_t purposes) {
    profiles_->Record({MadeConsent(user, purposes, 0)}, kNow);
  }

  std::vector<std::string> Nearest(std::int64_t k) const {
    const auto& bundle = snapshot_->bundle();
    std::vector<std::string> users;
    for (const auto& neighbor :
         ComparableUsers(bundle, profiles_ ? &*profiles_ : nullptr, snapshot_->UserQuery(1), k, {})) {
      users.emplace_back(bundle.UserId(neighbor.id));
    }
    return users;
  }
  std::optional<Code> ObjectionTo(const std::string& user) const {
    try {
      RequireComparable(&*profiles_, user);
    } catch (const Error& error) {
      return error.code();
    }
    return std::nullopt;
  }

  ScratchFolder folder_;
  const std::shared_ptr<const ServingSnapshot> snapshot_ =
      ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(), folder_.path()));
  std::optional<profile::LiveProfiles> profiles_;
};

TEST_F(ComparableUsersTest, WithoutARuleAllAreComparedInTheOrderOfTheSearch) {
  const std::vector<std::string> all = Nearest(kUsers);
  EXPECT_EQ(all.size(), kUsers);
  Require(ConsentRule::kIgnored);
  EXPECT_EQ(Nearest(kUsers), all);
  EXPECT_THAT(Nearest(1), ElementsAre(all[0]));
}

TEST_F(ComparableUsersTest, WhoAgreedIsFoundBehindAllWhoDidNot) {
  const std::string last = Nearest(kUsers).back();
  Require(ConsentRule::kRequired);
  EXPECT_THAT(Nearest(1), IsEmpty());
  Agree(last, Bit(Purpose::kGroupProfiling));
  EXPECT_THAT(Nearest(1), ElementsAre(last));
  EXPECT_EQ(ObjectionTo(last), std::nullopt);
  EXPECT_EQ(ObjectionTo("user-1"), Code::kFailedPrecondition);
}

TEST_F(ComparableUsersTest, WhoWasErasedIsNot) {
  std::vector<std::string> all = Nearest(kUsers);
  Require(ConsentRule::kIgnored);
  profiles_->Erase(all[1], kNow);
  EXPECT_EQ(ObjectionTo(all[1]), Code::kNotFound);
  all.erase(all.begin() + 1);
  EXPECT_EQ(Nearest(kUsers), all);
}

TEST_F(ComparableUsersTest, AModelMayKnowShoppersByTheirNamesOnDisk) {
  Require(ConsentRule::kIgnored);
  EXPECT_EQ(FindModelUser(snapshot_->bundle(), &*profiles_, "user-3"), 3);
  EXPECT_EQ(FindModelUser(snapshot_->bundle(), nullptr, "user-3"), 3);
  EXPECT_EQ(FindModelUser(snapshot_->bundle(), &*profiles_, "stranger"), -1);
}

}  // namespace
}  // namespace shortlist::serve
