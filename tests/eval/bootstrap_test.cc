#include "eval/bootstrap.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

// Two columns: hits with probability 0.1, and three times as much.
std::vector<double> Hits(std::size_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<double> values;
  for (std::size_t row = 0; row < rows; ++row) {
    const double hit = random() % 10 == 0 ? 1 : 0;
    values.insert(values.end(), {hit, 3 * hit});
  }
  return values;
}

double Mean(const std::vector<double>& values, std::size_t column) {
  double sum = 0;
  for (std::size_t i = column; i < values.size(); i += 2) sum += values[i];
  return 2 * sum / static_cast<double>(values.size());
}

TEST(BootstrapTest, IntervalsOfSharesMatchTheNormalApproximation) {
  const std::vector<double> values = Hits(2000, 1);
  const double mean = Mean(values, 0);
  const double half_width = 1.96 * std::sqrt(mean * (1 - mean) / 2000);
  const std::vector<Interval> intervals = BootstrapMeans(values, 2, 4000, 1);
  EXPECT_NEAR(intervals[0].low, mean - half_width, 0.15 * half_width);
  EXPECT_NEAR(intervals[0].high, mean + half_width, 0.15 * half_width);
}

TEST(BootstrapTest, ColumnsShareTheirResamples) {
  const std::vector<Interval> intervals = BootstrapMeans(Hits(500, 2), 2, 200, 1);
  EXPECT_NEAR(intervals[1].low, 3 * intervals[0].low, 1e-12);
  EXPECT_NEAR(intervals[1].high, 3 * intervals[0].high, 1e-12);
}

// Values of every shopper count, not only whether there is a hit: an oracle that draws every row one by one.
TEST(BootstrapTest, AgreesWithDrawingEveryRow) {
  std::mt19937_64 random(3);
  std::vector<double> values(400);
  for (double& value : values) value = random() % 3 == 0 ? 0 : static_cast<double>(random() % 100) / 100;
  std::vector<double> means;
  for (int sample = 0; sample < 4000; ++sample) {
    double sum = 0;
    for (std::size_t i = 0; i < values.size(); ++i) sum += values[random() % values.size()];
    means.push_back(sum / static_cast<double>(values.size()));
  }
  std::sort(means.begin(), means.end());
  const Interval interval = BootstrapMeans(values, 1, 4000, 1).front();
  EXPECT_NEAR(interval.low, means[100], 0.004);
  EXPECT_NEAR(interval.high, means[3900], 0.004);
}

TEST(BootstrapTest, DependsOnTheSeedAlone) {
  const std::vector<double> values = Hits(300, 4);
  EXPECT_EQ(BootstrapMeans(values, 2, 100, 1)[0].low, BootstrapMeans(values, 2, 100, 1)[0].low);
  EXPECT_NE(BootstrapMeans(values, 2, 100, 1)[0].low, BootstrapMeans(values, 2, 100, 2)[0].low);
}

TEST(BootstrapTest, WithoutSamplesTheIntervalIsTheMean) {
  const std::vector<double> values = Hits(300, 5);
  const std::vector<Interval> intervals = BootstrapMeans(values, 2, 0, 1);
  EXPECT_DOUBLE_EQ(intervals[1].low, Mean(values, 1));
  EXPECT_DOUBLE_EQ(intervals[1].high, Mean(values, 1));
}

TEST(BootstrapTest, RowsOfZerosAndNoRowsGiveZero) {
  EXPECT_EQ(BootstrapMeans(std::vector<double>(50), 1, 100, 1).front().high, 0);
  EXPECT_EQ(BootstrapMeans({}, 1, 100, 1).front().high, 0);
}

}  // namespace
}  // namespace shortlist::eval
