#include "train/batch_plan.h"

#include <algorithm>
#include <numeric>

#include <gtest/gtest.h>

namespace shortlist::train {
namespace {

std::vector<std::vector<std::int64_t>> Batches(BatchPlan& plan, std::int64_t epoch) {
  plan.StartEpoch(epoch);
  std::vector<std::vector<std::int64_t>> batches;
  for (std::int64_t b = 0; b < plan.batches(); ++b) batches.emplace_back(plan.Batch(b).begin(), plan.Batch(b).end());
  return batches;
}

std::vector<std::int64_t> Sorted(const std::vector<std::vector<std::int64_t>>& batches) {
  std::vector<std::int64_t> all;
  for (const auto& batch : batches) all.insert(all.end(), batch.begin(), batch.end());
  std::ranges::sort(all);
  return all;
}

std::vector<std::int64_t> Iota(std::int64_t count) {
  std::vector<std::int64_t> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

// Three examples of each shopper.
std::vector<std::int32_t> Shoppers(std::size_t examples) {
  std::vector<std::int32_t> users(examples);
  for (std::size_t e = 0; e < examples; ++e) users[e] = static_cast<std::int32_t>(e / 3);
  return users;
}

TEST(BatchPlan, EveryExampleIsInOneBatchOfAnEpoch) {
  const std::vector<std::int64_t> times(103, 0);
  for (const BatchOrder order : {BatchOrder::kShuffled, BatchOrder::kTimeCoherent, BatchOrder::kByShopper}) {
    BatchPlan plan(times, Shoppers(times.size()), order, 10, 1);
    for (std::int64_t epoch = 0; epoch < 20; ++epoch) {
      const auto batches = Batches(plan, epoch);
      EXPECT_EQ(Sorted(batches), Iota(103));
      for (const auto& batch : batches) {
        EXPECT_LE(batch.size(), 10U);
        EXPECT_GE(batch.size(), order == BatchOrder::kTimeCoherent ? 1U : 9U);
      }
    }
  }
}

TEST(BatchPlan, IsAFunctionOfSeedAndEpoch) {
  const std::vector<std::int64_t> times = Iota(100);
  for (const BatchOrder order : {BatchOrder::kShuffled, BatchOrder::kTimeCoherent, BatchOrder::kByShopper}) {
    BatchPlan a(times, Shoppers(times.size()), order, 10, 1);
    BatchPlan b(times, Shoppers(times.size()), order, 10, 1);
    BatchPlan c(times, Shoppers(times.size()), order, 10, 2);
    Batches(a, 7);
    EXPECT_EQ(Batches(a, 3), Batches(b, 3)) << "whatever epoch was before";
    EXPECT_NE(Batches(a, 3), Batches(a, 4));
    EXPECT_NE(Batches(a, 3), Batches(c, 3));
  }
}

TEST(BatchPlan, TimeCoherentBatchesHoldNeighborsInTime) {
  std::vector<std::int64_t> times;
  for (std::int64_t e = 0; e < 100; ++e) times.push_back(e * 37 % 100);
  BatchPlan plan(times, Shoppers(times.size()), BatchOrder::kTimeCoherent, 10, 1);
  for (const auto& batch : Batches(plan, 0)) {
    std::vector<std::int64_t> at;
    for (const std::int64_t example : batch) at.push_back(times[static_cast<std::size_t>(example)]);
    EXPECT_EQ(at.back() - at.front(), static_cast<std::int64_t>(at.size()) - 1);
    EXPECT_TRUE(std::ranges::is_sorted(at));
  }
}

TEST(BatchPlan, ABatchLargerThanTheDataIsOneBatch) {
  BatchPlan plan(Iota(7), Shoppers(7), BatchOrder::kShuffled, 1000, 1);
  EXPECT_EQ(Batches(plan, 0).size(), 1U);
}

TEST(BatchPlan, ByShopperKeepsAShoppersExamplesTogetherAndInOrder) {
  const std::vector<std::int64_t> times(60, 0);
  BatchPlan plan(times, Shoppers(times.size()), BatchOrder::kByShopper, 12, 1);
  for (const auto& batch : Batches(plan, 0)) {
    ASSERT_EQ(batch.size(), 12U);
    for (std::size_t e = 0; e < batch.size(); ++e) {
      EXPECT_EQ(batch[e] % 3, static_cast<std::int64_t>(e) % 3);
      EXPECT_EQ(batch[e] / 3, batch[e - e % 3] / 3);
    }
  }
}

}  // namespace
}  // namespace shortlist::train
