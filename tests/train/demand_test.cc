#include "train/demand.h"

#include <cmath>

#include <gtest/gtest.h>

namespace shortlist::train {
namespace {

TEST(DemandCounter, CountsAllEvents) {
  const std::vector<std::int32_t> items = {2, 0, 2, 2};
  const std::vector<std::int64_t> times = {40, 30, 20, 10};
  const std::vector<float> demand = DemandCounter(items, times, 4).LogOfAll();
  EXPECT_EQ(demand, (std::vector<float>{std::log(2.F), 0, std::log(4.F), 0}));
}

TEST(DemandCounter, AWindowHoldsItsBeginningAndNotItsEnd) {
  const std::vector<std::int32_t> items = {2, 0, 2, 2};
  const std::vector<std::int64_t> times = {40, 30, 20, 10};
  const DemandCounter counter(items, times, 3);
  EXPECT_EQ(counter.LogBetween(20, 40), (std::vector<float>{std::log(2.F), 0, std::log(2.F)}));
  EXPECT_EQ(counter.LogBetween(41, 90), (std::vector<float>{0, 0, 0}));
  EXPECT_EQ(counter.LogBetween(-90, 11), (std::vector<float>{0, 0, std::log(2.F)}));
}

TEST(PriorInputs, HaveOneNumberPerWindow) {
  constexpr std::int64_t kDay = 86400;
  const std::vector<std::int32_t> items = {1, 0, 1, 1};
  const std::vector<std::int64_t> times = {9 * kDay, 8 * kDay, 5 * kDay, 0};
  const DemandCounter counter(items, times, 2);
  PriorSettings prior = {.kind = PriorKind::kRecentDemand, .window_days = 2, .further_windows_days = {1, 6}};
  const float one = std::log(2.F);
  EXPECT_EQ(PriorInputs(prior, counter, 10 * kDay), (std::vector<float>{one, 0, one, one, one, std::log(3.F)}));
  EXPECT_EQ(PriorInputs(prior, counter, 6 * kDay), (std::vector<float>{0, 0, 0, one, one, std::log(3.F)}));
  prior.kind = PriorKind::kPopularity;
  EXPECT_EQ(PriorInputs(prior, counter, 0), counter.LogOfAll());
  EXPECT_TRUE(PriorInputs({}, counter, 0).empty());
}

TEST(WindowSeconds, CountsDays) {
  EXPECT_EQ(WindowSeconds(28), 28 * 86400);
  EXPECT_EQ(WindowSeconds(0.5), 43200);
}

}  // namespace
}  // namespace shortlist::train
