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

TEST(WindowSeconds, CountsDays) {
  EXPECT_EQ(WindowSeconds(28), 28 * 86400);
  EXPECT_EQ(WindowSeconds(0.5), 43200);
}

}  // namespace
}  // namespace shortlist::train
