#include "train/batch_builder.h"

#include <algorithm>
#include <cmath>
#include <numeric>

#include <gtest/gtest.h>

#include "train/owned_interactions.h"

namespace shortlist::train {
namespace {

constexpr std::int64_t kItems = 5;
constexpr std::int64_t kDay = 86400;

class BatchBuilderTest : public testing::Test {
 protected:
  model::TrainBatch Build(std::uint64_t seed = 1) {
    std::vector<std::int64_t> all(examples_.size());
    std::iota(all.begin(), all.end(), 0);
    return BatchBuilder(log_, examples_, kItems, model_, settings_).Build(all, {seed});
  }

  // Examples: item 2 after 0; item 2 after 0, 2; item 1 after 2; with their contexts.
  OwnedInteractions part_{{{{.item = 0, .time = 1 * kDay, .context = 4},
                            {.item = 2, .time = 9 * kDay, .context = 5},
                            {.item = 2, .time = 10 * kDay, .context = 6}},
                           {{.item = 2, .time = 3 * kDay}, {.item = 1, .time = 20 * kDay, .context = 7}}}};
  EventLog log_ = MakeEventLog({part_.view()});
  std::vector<Example> examples_ = ListExamples(log_, HistoryRule::kPrefix);
  ModelSettings model_;
  TrainSettings settings_;
};

TEST_F(BatchBuilderTest, PutsHistoriesContextsAndPositivesInRows) {
  const model::TrainBatch batch = Build();
  EXPECT_EQ(batch.rows(), 3);
  EXPECT_EQ(batch.queries.rows(), 3);
  EXPECT_EQ(batch.queries.pools.at(0).ids, (std::vector<std::int32_t>{0, 0, 2, 2}));
  EXPECT_EQ(batch.queries.pools.at(0).offsets, (std::vector<std::int64_t>{0, 1, 3, 4}));
  EXPECT_NEAR(batch.queries.pools.at(0).weights[2], 1 / 1.6, 1e-6) << "the later event weighs more";
  EXPECT_EQ(batch.queries.context.categorical.at(0).ids, (std::vector<std::int32_t>{5, 6, 7}));
  EXPECT_EQ(batch.candidates, (std::vector<std::int32_t>{2, 2, 1}));
  EXPECT_EQ(batch.positives, (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_TRUE(batch.row_weights.empty());
  EXPECT_TRUE(batch.log_demand.empty());
}

TEST_F(BatchBuilderTest, LogQIsTheShareOfTheExamples) {
  const model::TrainBatch batch = Build();
  EXPECT_NEAR(batch.log_q.at(0), std::log(2.0 / 3), 1e-6);
  EXPECT_NEAR(batch.log_q.at(2), std::log(1.0 / 3), 1e-6);
  settings_.log_q_correction = LogQCorrection::kNone;
  EXPECT_TRUE(Build().log_q.empty());
}

TEST_F(BatchBuilderTest, SampledNegativesShareTheirProbability) {
  settings_.negatives.uniform = 9;
  const model::TrainBatch batch = Build();
  ASSERT_EQ(batch.candidates.size(), 12U);
  for (std::size_t n = 0; n < 12; ++n) {
    const double share = batch.candidates[n] == 2 ? 2.0 / 3 : batch.candidates[n] == 1 ? 1.0 / 3 : 0;
    EXPECT_NEAR(batch.log_q[n], std::log((3 * share + 9 / 3.0) / 12), 1e-5) << n;
  }
  EXPECT_EQ(Build(1).candidates, batch.candidates);
  EXPECT_NE(Build(2).candidates, batch.candidates);
}

TEST_F(BatchBuilderTest, RanksShareTheBiasOfPositives) {
  settings_.log_q_correction = LogQCorrection::kRefined;
  settings_.negatives.uniform = 2;
  const std::vector<float> whole = Build().positive_bias;
  ASSERT_EQ(whole.size(), 3U);
  std::vector<float> parts;
  for (int rank = 0; rank < 2; ++rank) {
    const std::vector<std::int64_t> all = {0, 1, 2};
    BatchBuilder builder(log_, examples_, kItems, model_, settings_, {rank, 2});
    const model::TrainBatch share = builder.Build(all, {1});
    EXPECT_EQ(share.positive_bias.size(), share.positives.size());
    parts.insert(parts.end(), share.positive_bias.begin(), share.positive_bias.end());
  }
  EXPECT_EQ(parts, whole);
}

TEST_F(BatchBuilderTest, QueriesOfExamplesAreThoseOfTheirBatch) {
  const std::vector<std::int64_t> second = {1};
  const base::QueryBatch queries = BatchBuilder(log_, examples_, kItems, model_, settings_).Queries(second);
  EXPECT_EQ(queries.rows(), 1);
  EXPECT_EQ(queries.pools.at(0).ids, (std::vector<std::int32_t>{0, 2}));
}

TEST_F(BatchBuilderTest, TheCatalogIsEveryItemWithAnEventWithoutCorrection) {
  settings_.candidates = CandidateRule::kCatalog;
  const model::TrainBatch batch = Build();
  EXPECT_EQ(batch.candidates, (std::vector<std::int32_t>{0, 1, 2}));
  EXPECT_EQ(batch.positives, (std::vector<std::int32_t>{2, 2, 1}));
  EXPECT_TRUE(batch.log_q.empty());
}

TEST_F(BatchBuilderTest, RecentDemandIsAsOfTheFirstExample) {
  settings_.candidates = CandidateRule::kCatalog;
  model_.prior = {.kind = PriorKind::kRecentDemand, .window_days = 7, .learned = true};
  const model::TrainBatch batch = Build();  // at day 9: the window from day 2 holds item 2 once, and not the example
  EXPECT_EQ(batch.log_demand, (std::vector<float>{0, 0, std::log(2.F)}));
}

TEST_F(BatchBuilderTest, PopularityIsOfAllTime) {
  model_.prior = {.kind = PriorKind::kPopularity, .learned = true};
  const model::TrainBatch batch = Build();
  EXPECT_EQ(batch.log_demand, (std::vector<float>{std::log(4.F), std::log(4.F), std::log(2.F)}));
  model_.prior.learned = false;
  EXPECT_TRUE(Build().log_demand.empty());
}

TEST_F(BatchBuilderTest, WeightsOfEventsWeighRows) {
  const OwnedInteractions part({{{.item = 0}, {.item = 1, .time = 1, .weight = .5F}}});
  const EventLog log = MakeEventLog({part.view()});
  const std::vector<Example> examples = ListExamples(log, HistoryRule::kPrefix);
  const std::vector<std::int64_t> all = {0};
  BatchBuilder builder(log, examples, kItems, model_, settings_);
  EXPECT_EQ(builder.Build(all, {1}).row_weights, (std::vector<float>{.5F}));
}

}  // namespace
}  // namespace shortlist::train
