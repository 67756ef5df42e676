#include "serve/shopper.h"

#include <memory>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/made_bundle.h"

namespace shortlist::serve {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kClock = kFirstTime + 100 * kDay;

std::shared_ptr<const ServingSnapshot> LoadMade(TimesOfEvents times) {
  const ScratchFolder folder;
  return ServingSnapshot::Load(WriteMadeBundle(MadeRetailer(7, times), folder.path()));
}

class ShopperTest : public ::testing::Test {
 protected:
  static void SetUpTestSuite() { snapshot = LoadMade(TimesOfEvents::kKnown); }
  static void TearDownTestSuite() { snapshot.reset(); }

  Shopper Read() const { return ReadShopper(*snapshot, request_, kClock); }

  static std::shared_ptr<const ServingSnapshot> snapshot;
  RecommendRequest request_;
  CatalogDelta unchanged_;
};
std::shared_ptr<const ServingSnapshot> ShopperTest::snapshot;

TEST_F(ShopperTest, ReadsTheStoredHistory) {
  request_.user_id = "user-2";
  const Shopper shopper = Read();
  EXPECT_THAT(shopper.items, ElementsAre(6, 7));
  EXPECT_THAT(shopper.times, ElementsAre(kFirstTime, kFirstTime + kDay));
  EXPECT_EQ(shopper.now, kClock);
  EXPECT_TRUE(shopper.known());
}

TEST_F(ShopperTest, MergesTheRequestByTime) {
  request_.user_id = "user-2";
  request_.history = {{"item-20", 0}, {"item-21", kFirstTime}, {"item-22", kFirstTime + 5}};
  const Shopper shopper = Read();
  EXPECT_THAT(shopper.items, ElementsAre(6, 21, 22, 7, 20));
  EXPECT_THAT(shopper.times, ElementsAre(kFirstTime, kFirstTime, kFirstTime + 5, kFirstTime + kDay, kClock));
}

TEST_F(ShopperTest, TakesTheFutureForNow) {
  request_.time = kFirstTime + kDay;
  request_.history = {{"item-1", kFirstTime + 9 * kDay}, {"item-2", kFirstTime}, {"item-3", 0}};
  const Shopper shopper = Read();
  EXPECT_EQ(shopper.now, kFirstTime + kDay);
  EXPECT_THAT(shopper.items, ElementsAre(2, 1, 3));
  EXPECT_THAT(shopper.times, ElementsAre(kFirstTime, kFirstTime + kDay, kFirstTime + kDay));
}

TEST_F(ShopperTest, SkipsAndCountsUnknownItems) {
  request_.history = {{"nothing", 0}, {"item-5", 0}, {"item-999", 0}};
  const Shopper shopper = Read();
  EXPECT_THAT(shopper.items, ElementsAre(5));
  EXPECT_EQ(shopper.unknown_history_items, 2);
}

TEST_F(ShopperTest, KnowsNothingOfStrangersAndOfUsersWithoutEvents) {
  EXPECT_FALSE(Read().known());
  request_.user_id = "stranger";
  EXPECT_FALSE(Read().known());
  request_.user_id = "user-0";
  EXPECT_FALSE(Read().known());
  request_.history = {{"nothing", 0}};
  EXPECT_FALSE(Read().known());
}

TEST_F(ShopperTest, NumbersEventsInDataWithoutTimes) {
  const auto untimed = LoadMade(TimesOfEvents::kUnknown);
  request_.user_id = "user-2";
  request_.history = {{"item-20", 500}, {"item-21", 100}};
  const Shopper shopper = ReadShopper(*untimed, request_, kClock);
  EXPECT_THAT(shopper.items, ElementsAre(6, 7, 20, 21));
  EXPECT_THAT(shopper.times, ElementsAre(0, 1, 2, 3));
  EXPECT_EQ(shopper.now, 4);
}

TEST_F(ShopperTest, LiveEventsThatTheModelWasMadeWithCountOnce) {
  request_.user_id = "user-2";
  const LiveShopper live{.events = {{"item-6", EventKind::kView, kFirstTime, 1},
                                    {"item-6", EventKind::kView, kFirstTime, 2},
                                    {"item-7", EventKind::kView, kFirstTime + 1, 3},
                                    {"nothing", EventKind::kView, kFirstTime + 2, 4}}};
  const Shopper shopper = ReadShopper(*snapshot, request_, kClock, live);
  EXPECT_THAT(shopper.items, ElementsAre(6, 6, 7, 7));
  EXPECT_THAT(shopper.times, ElementsAre(kFirstTime, kFirstTime, kFirstTime + 1, kFirstTime + kDay));
  EXPECT_THAT(shopper.unplaced, ElementsAre("nothing"));
  EXPECT_EQ(shopper.unknown_history_items, 0);
}

TEST_F(ShopperTest, NothingIsKnownOfWhoDidNotAgree) {
  request_.user_id = "user-2";
  request_.history = {{"item-20", 0}};
  const Shopper shopper = ReadShopper(*snapshot, request_, kClock, {.personal = false});
  EXPECT_FALSE(shopper.known());
  EXPECT_FALSE(shopper.personal);
  EXPECT_EQ(shopper.now, kClock);
}

TEST_F(ShopperTest, ExcludesDismissedItemsWhateverThePolicy) {
  const Shopper shopper = ReadShopper(*snapshot, request_, kClock, {.dismissed = {"item-9", "unknown"}});
  EXPECT_THAT(ExcludedItems({*snapshot, unchanged_}, request_, shopper, SeenPolicy::kAllow), ElementsAre(9));
}

TEST_F(ShopperTest, ExcludesSeenAndListedItemsOnce) {
  request_.user_id = "user-3";
  request_.exclude_item_ids = {"item-40", "item-9", "unknown", "item-40", "item-2"};
  EXPECT_THAT(ExcludedItems({*snapshot, unchanged_}, request_, Read(), SeenPolicy::kMask),
              ElementsAre(2, 9, 10, 11, 40));
  EXPECT_THAT(ExcludedItems({*snapshot, unchanged_}, request_, Read(), SeenPolicy::kAllow), ElementsAre(2, 9, 40));
  request_.exclude_item_ids.clear();
  EXPECT_THAT(ExcludedItems({*snapshot, unchanged_}, request_, Read(), SeenPolicy::kAllow), IsEmpty());
}

}  // namespace
}  // namespace shortlist::serve
