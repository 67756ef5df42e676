#include "serve/live_shopper.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "profile/made_events.h"
#include "profile/redis_server.h"
#include "serve/made_bundle.h"

namespace shortlist::serve {
namespace {

using profile::MadeConsent;
using profile::MadeEvent;
using ::testing::ElementsAre;
using ::testing::Field;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1700000000;

class LiveShopperTest : public ::testing::Test {
 protected:
  void Record(const std::vector<profile::Entry>& entries) {
    settings_.directory = (folder_.path() / "events").string();
    profiles_.emplace(settings_, profile::MadeEventFiles());
    profiles_->Record(entries, kNow);
  }

  ScratchFolder folder_;
  LiveEventSettings settings_;
  std::optional<profile::LiveProfiles> profiles_;
};

TEST_F(LiveShopperTest, HasEventsOfTheKindsThatCount) {
  settings_.history = {EventKind::kPurchase};
  Record({MadeEvent("1", "ann", "a", kNow), MadeEvent("2", "ann", "b", kNow, EventKind::kPurchase)});
  EXPECT_THAT(ReadLiveShopper(&*profiles_, "ann").events, ElementsAre(Field(&profile::ItemEvent::item, "b")));
  EXPECT_THAT(ReadLiveShopper(&*profiles_, "bob").events, IsEmpty());
}

TEST_F(LiveShopperTest, AnItemIsDismissedWhileThatIsItsLastEvent) {
  Record({MadeEvent("1", "ann", "a", kNow - 3, EventKind::kDismiss), MadeEvent("2", "ann", "a", kNow - 2),
          MadeEvent("3", "ann", "b", kNow - 2), MadeEvent("4", "ann", "b", kNow - 1, EventKind::kDismiss)});
  EXPECT_THAT(ReadLiveShopper(&*profiles_, "ann").dismissed, ElementsAre("b"));
}

TEST_F(LiveShopperTest, WhereConsentIsRequiredOnlyWhoAgreedIsKnown) {
  settings_.consent = ConsentRule::kRequired;
  Record({MadeConsent("ann", Bit(profile::Purpose::kPersonalization), 1), MadeEvent("1", "ann", "a", kNow)});
  EXPECT_TRUE(ReadLiveShopper(&*profiles_, "ann").personal);
  EXPECT_FALSE(ReadLiveShopper(&*profiles_, "bob").personal);
  EXPECT_FALSE(ReadLiveShopper(&*profiles_, std::nullopt).personal);
  EXPECT_TRUE(ReadLiveShopper(nullptr, "bob").personal);
}

TEST_F(LiveShopperTest, AVisitorHasTheNameOfWhomThatTurnedOutToBe) {
  Record({MadeEvent("1", "ann", "a", kNow), profile::Identification{"ann", "v", std::nullopt}});
  const LiveShopper visitor = ReadLiveShopper(&*profiles_, "v");
  EXPECT_EQ(visitor.name, profiles_->NameOf("ann"));
  EXPECT_TRUE(visitor.identified);
  EXPECT_THAT(visitor.events, ElementsAre(Field(&profile::ItemEvent::item, "a")));
  EXPECT_FALSE(ReadLiveShopper(&*profiles_, "ann").identified);
}

TEST_F(LiveShopperTest, NothingRestsOnAShopperWhoCannotBeRead) {
  profile::RedisServer redis;
  settings_.store = redis.settings();
  settings_.consent = ConsentRule::kRequired;
  Record({MadeConsent("ann", Bit(profile::Purpose::kPersonalization), 1), MadeEvent("1", "ann", "a", kNow)});
  EXPECT_TRUE(ReadLiveShopper(&*profiles_, "ann").personal);
  redis.Kill();
  const LiveShopper ann = ReadLiveShopper(&*profiles_, "ann");
  EXPECT_TRUE(ann.unread && ann.erased);
  EXPECT_FALSE(ann.personal || ann.trains);
  EXPECT_THAT(ann.events, IsEmpty());
}

}  // namespace
}  // namespace shortlist::serve
