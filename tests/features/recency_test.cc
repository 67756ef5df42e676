#include "features/recency.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "features/fixtures.h"

namespace shortlist::features {
namespace {

using ::testing::ElementsAre;

constexpr double kLatest = 1'000'000'000;
constexpr double kHour = 3600;

TEST(RecencyTest, BucketsDoubleInAge) {
  const Transform recency = Fit(SettingsOf(TransformKind::kRecency, 16), {Value(5.0), Value(kLatest), Value()});
  EXPECT_EQ(Cardinality(recency), 16);
  EXPECT_THAT(Ids(recency, Value(kLatest)), ElementsAre(1));
  EXPECT_THAT(Ids(recency, Value(kLatest - 1 * kHour)), ElementsAre(2));
  EXPECT_THAT(Ids(recency, Value(kLatest - 2.9 * kHour)), ElementsAre(2));
  EXPECT_THAT(Ids(recency, Value(kLatest - 3 * kHour)), ElementsAre(3));
}

TEST(RecencyTest, TheLastBucketTakesAllThatIsOlderAndTheFirstTheFuture) {
  const Transform recency = Fit(SettingsOf(TransformKind::kRecency, 4), {Value(kLatest)});
  EXPECT_THAT(Ids(recency, Value(0.0)), ElementsAre(3));
  EXPECT_THAT(Ids(recency, Value(kLatest + 9 * kHour)), ElementsAre(1));
}

TEST(RecencyTest, MissingIsZero) {
  EXPECT_THAT(Ids(Fit(SettingsOf(TransformKind::kRecency, 4), {}), Value()), ElementsAre(0));
}

}  // namespace
}  // namespace shortlist::features
