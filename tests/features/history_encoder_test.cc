#include "features/history_encoder.h"

#include <cmath>
#include <numeric>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::features {
namespace {

using ::testing::ElementsAre;
using ::testing::FloatNear;
using ::testing::IsEmpty;

constexpr std::int64_t kDay = 86400;
const PoolSettings kMean{.weighting = PoolWeighting::kMean};
const PoolSettings kPosition{.weighting = PoolWeighting::kPositionDecay, .decay = 0.5};
const PoolSettings kTime{.weighting = PoolWeighting::kTimeDecay, .half_life_days = 10};

base::QueryBatch Encode(const HistorySettings& settings, const std::vector<std::int32_t>& items,
                        const std::vector<std::int64_t>& times, std::int64_t now) {
  base::QueryBatch batch;
  HistoryEncoder(settings).Append({items, times}, now, batch);
  return batch;
}

auto Near(double value) {
  return FloatNear(static_cast<float>(value), 1e-6F);
}

TEST(HistoryEncoderTest, WeighsByMeanPositionAndTime) {
  const base::QueryBatch batch =
      Encode({.max_length = 50, .pools = {kMean, kPosition, kTime}}, {7, 8, 9}, {0, 10 * kDay, 20 * kDay}, 30 * kDay);
  ASSERT_EQ(batch.pools.size(), 3U);
  EXPECT_EQ(batch.rows(), 1);
  for (const base::Bags& pool : batch.pools) EXPECT_THAT(pool.ids, ElementsAre(7, 8, 9));
  EXPECT_THAT(batch.pools[0].weights, ElementsAre(Near(1. / 3), Near(1. / 3), Near(1. / 3)));
  EXPECT_THAT(batch.pools[1].weights, ElementsAre(Near(1. / 7), Near(2. / 7), Near(4. / 7)));
  EXPECT_THAT(batch.pools[2].weights, ElementsAre(Near(1. / 7), Near(2. / 7), Near(4. / 7)));
}

TEST(HistoryEncoderTest, ReadsTheLastKnownItems) {
  const base::QueryBatch batch =
      Encode({.max_length = 3, .pools = {kPosition}}, {1, 2, kUnknownItem, 3, 4, kUnknownItem}, {}, 0);
  EXPECT_THAT(batch.pools[0].ids, ElementsAre(2, 3, 4));
  EXPECT_THAT(batch.pools[0].weights, ElementsAre(Near(1. / 7), Near(2. / 7), Near(4. / 7)));
}

TEST(HistoryEncoderTest, AnEmptyHistoryIsAnEmptyRow) {
  base::QueryBatch batch;
  const HistoryEncoder encoder({.max_length = 5, .pools = {kMean, kTime}});
  encoder.Append({}, kDay, batch);
  const std::vector<std::int32_t> unknown(3, kUnknownItem);
  const std::vector<std::int64_t> times(3, 0);
  encoder.Append({unknown, times}, kDay, batch);
  EXPECT_EQ(batch.rows(), 2);
  for (const base::Bags& pool : batch.pools) {
    EXPECT_THAT(pool.ids, IsEmpty());
    EXPECT_THAT(pool.offsets, ElementsAre(0, 0, 0));
  }
}

TEST(HistoryEncoderTest, AgesThatUnderflowStillSumToOne) {
  const base::QueryBatch batch = Encode({.max_length = 9, .pools = {kTime}}, {1, 2}, {0, 10 * kDay}, 1'000'000 * kDay);
  EXPECT_THAT(batch.pools[0].weights, ElementsAre(Near(1. / 3), Near(2. / 3)));
}

TEST(HistoryEncoderTest, EventsAfterNowCountAsNow) {
  const base::QueryBatch batch =
      Encode({.max_length = 9, .pools = {kTime}}, {1, 2}, {10 * kDay, 500 * kDay}, 20 * kDay);
  EXPECT_THAT(batch.pools[0].weights, ElementsAre(Near(1. / 3), Near(2. / 3)));
}

TEST(HistoryEncoderTest, DecayOfZeroReadsTheLastItemAlone) {
  PoolSettings last = kPosition;
  last.decay = 0;
  EXPECT_THAT(Encode({.max_length = 9, .pools = {last}}, {1, 2}, {}, 0).pools[0].weights,
              ElementsAre(Near(0), Near(1)));
}

TEST(HistoryEncoderTest, TimeDecayWithoutTimesIsAnErrorThatLeavesTheBatchAlone) {
  base::QueryBatch batch;
  const HistoryEncoder encoder({.max_length = 9, .pools = {kMean, kTime}});
  const std::vector<std::int32_t> items = {1, 2};
  EXPECT_THROW(encoder.Append({items, {}}, 0, batch), Error);
  EXPECT_EQ(batch.rows(), 0);
}

}  // namespace
}  // namespace shortlist::features
