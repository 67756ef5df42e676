#include "index/user_neighbors.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_bundle.h"

namespace shortlist::index {
namespace {

using ::testing::IsEmpty;
using ::testing::SizeIs;

constexpr std::int32_t kItems = 200;
constexpr std::int32_t kUsers = 150;

class UserNeighborsTest : public ::testing::Test {
 protected:
  static Bundle Write(std::int32_t items, std::int32_t users) {
    const ScratchFolder folder;
    WriteBundle(MadeInputs(items, users, folder.path() / "model"), folder.path() / "bundle");
    return Bundle::Open(folder.path() / "bundle");
  }

  // What the index answers to a shopper's own vector.
  std::vector<Neighbor> Alone(std::int32_t user, std::int64_t k, OwnItems own) const {
    std::vector<std::int32_t> excluded(bundle_.HistoryItems(user).begin(), bundle_.HistoryItems(user).end());
    std::ranges::sort(excluded);
    excluded.erase(std::ranges::unique(excluded).begin(), excluded.end());
    if (own == OwnItems::kAllowed) excluded.clear();
    return bundle_.items().Search(bundle_.users().Vector(user), k, excluded);
  }

  Bundle bundle_ = Write(kItems, kUsers);
  base::ThreadPool pool_{2};
};

TEST_F(UserNeighborsTest, AnswersEveryShopperAsTheIndexDoes) {
  for (const OwnItems own : {OwnItems::kLeftOut, OwnItems::kAllowed}) {
    const auto best = UserNeighbors(bundle_, own).Of(10, kUsers - 10, 7, pool_);
    ASSERT_THAT(best, SizeIs(kUsers - 10));
    for (std::int32_t user = 10; user < kUsers; ++user) {
      EXPECT_EQ(IdsOf(best[static_cast<std::size_t>(user - 10)]), IdsOf(Alone(user, 7, own))) << user;
    }
  }
}

TEST_F(UserNeighborsTest, GivesAllThatRemainWhereFewerThanKDo) {
  const auto best = UserNeighbors(bundle_, OwnItems::kAllowed).Of(3, 1, 1000, pool_);
  EXPECT_THAT(best.front(), SizeIs(kItems));
}

TEST_F(UserNeighborsTest, HasNothingForNobody) {
  EXPECT_THAT(UserNeighbors(bundle_, OwnItems::kLeftOut).Of(0, 0, 5, pool_), IsEmpty());
}

}  // namespace
}  // namespace shortlist::index
