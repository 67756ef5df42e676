#include "features/quantile.h"

#include <array>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "features/fixtures.h"
#include "features/stable_hash.h"

namespace shortlist::features {
namespace {

using ::testing::ElementsAre;

TEST(QuantileTest, CutsIntoBucketsOfEqualCount) {
  std::vector<Value> values;
  for (int i = 100; i-- > 0;) values.emplace_back(static_cast<double>(i));
  const Transform quantile = Fit(SettingsOf(TransformKind::kQuantile, 5), values);
  EXPECT_EQ(Cardinality(quantile), 5);
  std::array<int, 5> counts{};
  for (const Value& value : values) ++counts.at(static_cast<std::size_t>(Ids(quantile, value).front()));
  EXPECT_THAT(counts, ElementsAre(0, 25, 25, 25, 25));
}

TEST(QuantileTest, NumbersBeyondTheFittedRangeGoToTheOuterBuckets) {
  const Transform quantile = Fit(SettingsOf(TransformKind::kQuantile, 3), {Value(1.0), Value(2.0)});
  EXPECT_THAT(Ids(quantile, Value(-1e9)), ElementsAre(1));
  EXPECT_THAT(Ids(quantile, Value(1e9)), ElementsAre(2));
  EXPECT_THAT(Ids(quantile, Value("1.9")), ElementsAre(1));
}

TEST(QuantileTest, MissingAndUnreadableAreZero) {
  const Transform quantile = Fit(SettingsOf(TransformKind::kQuantile, 4), {Value(1.0), Value("dear")});
  EXPECT_THAT(Ids(quantile, Value()), ElementsAre(0));
  EXPECT_THAT(Ids(quantile, Value("dear")), ElementsAre(0));
}

TEST(QuantileTest, RepeatedNumbersMergeBuckets) {
  const Transform quantile = Fit(SettingsOf(TransformKind::kQuantile, 16), std::vector<Value>(50, 3.0));
  EXPECT_EQ(Cardinality(quantile), 2);
}

TEST(QuantileTest, FitsWithoutNumbers) {
  EXPECT_EQ(Cardinality(Fit(SettingsOf(TransformKind::kQuantile, 8), {})), 2);
}

TEST(QuantileTest, SamplesMoreThanAMillionNumbersEvenly) {
  const auto fitter = MakeFitter(SettingsOf(TransformKind::kQuantile, 3));
  constexpr std::uint64_t kCount = 3'000'000;
  for (std::uint64_t i = 0; i < kCount; ++i) fitter->Observe(Value(static_cast<double>(i)));
  const Transform quantile = fitter->Finish();
  EXPECT_THAT(Ids(quantile, Value(kCount * 0.497)), ElementsAre(1));
  EXPECT_THAT(Ids(quantile, Value(kCount * 0.503)), ElementsAre(2));
}

}  // namespace
}  // namespace shortlist::features
