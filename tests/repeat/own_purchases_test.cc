#include "repeat/own_purchases.h"

#include <cmath>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::repeat {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

constexpr std::int64_t kDay = 86400;
constexpr std::int64_t kNow = 100 * kDay;

// Item 7 on days 40, 60 and 90; item 3 on day 99.
OwnItems Describe() {
  const std::vector<std::int32_t> items = {7, features::kUnknownItem, 7, 7, 3};
  const std::vector<std::int64_t> times = {40 * kDay, 50 * kDay, 60 * kDay, 90 * kDay, 99 * kDay};
  return OwnPurchases({10}).Describe({items, times}, kNow);
}

TEST(OwnPurchases, NamesItsValues) {
  EXPECT_THAT(OwnPurchases({30, 0.5}).Names(),
              ElementsAre("own", "frequency_30_days", "frequency_0.5_days", "purchases", "days_since", "repeated",
                          "overdue", "overdue_squared", "distinct_items"));
  EXPECT_EQ(OwnPurchases({30, 0.5}).width(), 9);
}

TEST(OwnPurchases, DescribesAnItemThatWasBoughtAgainAndAgain) {
  const OwnItems own = Describe();
  ASSERT_THAT(own.items, ElementsAre(3, 7));
  ASSERT_THAT(own.values, SizeIs(16));
  const float* seven = own.values.data() + 8;
  EXPECT_FLOAT_EQ(seven[0], 1);
  EXPECT_FLOAT_EQ(seven[1], std::log1p(10.F * (std::exp2(-6.F) + std::exp2(-4.F) + std::exp2(-1.F))));
  EXPECT_FLOAT_EQ(seven[2], std::log(3.F));
  EXPECT_FLOAT_EQ(seven[3], std::log1p(10.F));
  EXPECT_FLOAT_EQ(seven[4], 1);
  EXPECT_FLOAT_EQ(seven[5], std::log(10.F / 25)) << "ten days after purchases 25 days apart";
  EXPECT_FLOAT_EQ(seven[6], seven[5] * seven[5]);
  EXPECT_FLOAT_EQ(seven[7], std::log(2.F));
}

TEST(OwnPurchases, OnePurchaseHasNoInterval) {
  const OwnItems own = Describe();
  EXPECT_FLOAT_EQ(own.values[1], std::log1p(10 * std::exp2(-.1F)));
  EXPECT_EQ(own.values[2], 0);
  EXPECT_EQ(own.values[4], 0);
  EXPECT_EQ(own.values[5], 0);
}

TEST(OwnPurchases, EventsOfTheFutureCountAsNow) {
  const std::vector<std::int32_t> items = {1};
  const std::vector<std::int64_t> late = {kNow + 5 * kDay};
  const std::vector<std::int64_t> now = {kNow};
  EXPECT_EQ(OwnPurchases({10}).Describe({items, late}, kNow).values,
            OwnPurchases({10}).Describe({items, now}, kNow).values);
}

TEST(OwnPurchases, NeedsTheTimeOfEveryEvent) {
  const std::vector<std::int32_t> items = {1, 2};
  EXPECT_THROW(OwnPurchases({10}).Describe({items, {}}, kNow), Error);
  EXPECT_THAT(OwnPurchases({10}).Describe({}, kNow).items, SizeIs(0));
}

}  // namespace
}  // namespace shortlist::repeat
