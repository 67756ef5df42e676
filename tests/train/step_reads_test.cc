#include "train/step_reads.h"

#include <cmath>

#include <gtest/gtest.h>

namespace shortlist::train {
namespace {

base::Bags BagsOf(const std::vector<std::vector<std::int32_t>>& rows) {
  base::Bags bags;
  for (const std::vector<std::int32_t>& row : rows) {
    for (const std::int32_t id : row) bags.Append(id, 1);
    bags.EndRow();
  }
  return bags;
}

// Two rows and two candidates for each of two ranks.
TEST(StepReads, CountsWhatEachRankReadsOnce) {
  model::TwoTowerSpec spec;
  spec.items = 6;
  spec.item_features = {{"category", 3}};
  spec.context_features = {{"hour", 24}};
  base::EncodedFeatures features;
  features.categorical = {BagsOf({{0}, {1}, {1}, {2}, {0}, {2}})};
  model::TrainBatch batch;
  batch.queries.pools = {BagsOf({{0, 1}, {1}, {2}, {}})};
  batch.queries.context.categorical = {BagsOf({{7}, {7}, {7}, {8}})};
  batch.positives = {0, 1, 2, 3};
  batch.candidates = {4, 1, 0, 2};

  const StepReads reads = CountReads(spec, features, {1, 4}, batch, 2);
  EXPECT_EQ(reads.history_events, 2);
  // Items {0, 1, 4} and {0, 2}; categories {0, 1} and {0, 1}; hours {7} and {7, 8}.
  EXPECT_EQ(reads.tables[0].frequent.on_a_rank, 1);
  EXPECT_EQ(reads.tables[0].frequent.on_any_rank, 2);
  EXPECT_EQ(reads.tables[0].others.on_a_rank, 1.5);
  EXPECT_EQ(reads.tables[0].others.on_any_rank, 2);
  EXPECT_EQ(reads.tables[0].frequent_rows, 2);
  EXPECT_EQ(reads.tables[1].All().on_a_rank, 2);
  EXPECT_EQ(reads.tables[1].All().on_any_rank, 2);
  EXPECT_EQ(reads.tables[2].All().on_a_rank, 1.5);
  EXPECT_EQ(reads.tables[2].All().on_any_rank, 2);

  const StepReads mean = MeanOf({reads, reads});
  EXPECT_EQ(mean.tables[0].others.on_a_rank, 1.5);
  EXPECT_EQ(mean.history_events, 2);
}

// Against the sum over all rows.
TEST(StepReads, ExpectsDistinctRowsOfZipfsLaw) {
  double harmonic = 0;
  for (int row = 1; row <= 1000; ++row) harmonic += 1.0 / row;
  for (const double reads : {1.0, 50.0, 5000.0}) {
    double expected = 0;
    for (int row = 1; row <= 1000; ++row) expected += 1 - std::pow(1 - 1 / (row * harmonic), reads);
    EXPECT_NEAR(ExpectDistinct(1000, reads), expected, 0.01 * expected) << reads;
  }
}

TEST(StepReads, ExpectedReadsDivideByRanks) {
  model::TwoTowerSpec spec;
  spec.items = 100000;
  const StepReads one = ExpectReads(spec, 1000, 20, 0, 1);
  const StepReads four = ExpectReads(spec, 1000, 20, 0, 4);
  EXPECT_EQ(four.history_events, one.history_events / 4);
  EXPECT_LT(four.tables[0].All().on_a_rank, one.tables[0].All().on_a_rank);
  EXPECT_NEAR(four.tables[0].All().on_any_rank, one.tables[0].All().on_any_rank, 1);
  EXPECT_GT(one.tables[0].frequent_rows, four.tables[0].frequent_rows);
}

}  // namespace
}  // namespace shortlist::train
