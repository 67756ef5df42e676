#include "train/plan.h"

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::train {
namespace {

// 1,000 items of which a rank reads 100 and any rank 300 in a step, 50 of them frequent; D = 8, no perceptron.
JobShape MakeJob() {
  JobShape job;
  job.spec.items = 1000;
  job.spec.settings.dimension = 8;
  job.spec.settings.user_hidden = {};
  job.train.batch_size = 64;
  job.candidates = 64;
  job.reads.history_events = 500;
  job.reads.tables = {{50, {40, 50}, {60, 250}}};
  return job;
}

// The same reads on any number of devices.
Plan PlanOf(const JobShape& job, const Cluster& cluster) {
  return MakePlan([&](int) { return job; }, cluster);
}

Cluster MakeCluster(int devices) {
  Cluster cluster;
  cluster.devices = devices;
  return cluster;
}

TEST(Plan, CountsWhatEachCollectiveSends) {
  constexpr double kRow = 8 * 4;
  constexpr double kDenseAndLoss = 16 + 16;  // the scale, padded, and the loss, padded
  const WireBytes replicated = PlanSharding(MakeJob(), MakeCluster(4), Sharding::kReplicated).wire;
  EXPECT_EQ(replicated.requests, 3 * 4 * (1 + 4 + 32)) << "1,000 bits are 32 words";
  EXPECT_EQ(replicated.rows + replicated.row_gradients + replicated.ids, 0);
  EXPECT_EQ(replicated.candidates, 3 * 16 * kRow);
  EXPECT_EQ(replicated.reduced, 2 * 0.75 * (300 * kRow + 4 * kDenseAndLoss));
  const WireBytes sharded = PlanSharding(MakeJob(), MakeCluster(4), Sharding::kSharded).wire;
  EXPECT_EQ(sharded.requests, 3 * 4 * (1 + 4));
  EXPECT_EQ(sharded.ids, 0.75 * 100 * 4);
  EXPECT_EQ(sharded.rows, 0.75 * 100 * kRow);
  EXPECT_EQ(sharded.row_gradients, sharded.rows);
  EXPECT_EQ(sharded.reduced, 2 * 0.75 * 4 * kDenseAndLoss);
  const WireBytes hybrid = PlanSharding(MakeJob(), MakeCluster(4), Sharding::kHybrid).wire;
  EXPECT_EQ(hybrid.rows, 0.75 * 60 * kRow);
  EXPECT_EQ(hybrid.reduced, 2 * 0.75 * (50 * kRow + 4 * kDenseAndLoss));
  EXPECT_EQ(PlanSharding(MakeJob(), MakeCluster(1), Sharding::kReplicated).wire.Total(), 0);
}

TEST(Plan, CountsTablesAndTheirState) {
  JobShape job = MakeJob();
  job.train.weight_average_decay = 0.9;
  const TableMemory replicated = PlanSharding(job, MakeCluster(4), Sharding::kReplicated).memory.tables[0];
  EXPECT_EQ(replicated.parameters, 2 * 1000 * 8 * 4) << "with the average";
  EXPECT_EQ(replicated.optimizer, 1000 * (2 * 8 + 1) * 4) << "Adam";
  const TableMemory hybrid = PlanSharding(job, MakeCluster(4), Sharding::kHybrid).memory.tables[0];
  EXPECT_EQ(hybrid.parameters, 2 * (250 + 50) * 8 * 4);
  job.train.optimizer.embeddings = SparseOptimizerKind::kRowwiseAdagrad;
  EXPECT_EQ(PlanSharding(job, MakeCluster(4), Sharding::kSharded).memory.tables[0].optimizer, 250 * 4);
}

TEST(Plan, TakesTheFastestThatFits) {
  JobShape job = MakeJob();
  Cluster cluster = MakeCluster(4);
  const Plan free = PlanOf(job, cluster);
  ASSERT_EQ(free.choices.size(), 3U);
  for (const ShardingPlan& choice : free.choices) EXPECT_LE(free.choice().seconds.Total(), choice.seconds.Total());
  EXPECT_EQ(free.choice().sharding, Sharding::kReplicated) << "few rows: the fewest messages";

  cluster.memory_bytes = 1.2 * PlanSharding(job, cluster, Sharding::kSharded).memory.Total();
  const Plan tight = PlanOf(job, cluster);
  EXPECT_FALSE(tight.choices[0].fits);
  EXPECT_EQ(tight.choice().sharding, Sharding::kSharded);
  EXPECT_NE(tight.reason.find("does not fit"), std::string::npos) << tight.reason;
  RequireThatItFits(tight, cluster);
}

TEST(Plan, ManyRowsOfALargeTableAreSharded) {
  JobShape job = MakeJob();
  job.spec.items = 10'000'000;
  job.spec.settings.dimension = 128;
  job.reads.tables = {{0, {}, {100'000, 390'000}}};
  EXPECT_EQ(PlanOf(job, MakeCluster(4)).choice().sharding, Sharding::kSharded);
}

// Between hosts a sum sends less per device than an exchange of the same rows.
TEST(Plan, FrequentRowsAreReplicatedWhereHostsAreFarApart) {
  JobShape job = MakeJob();
  job.spec.items = 10'000'000;
  job.spec.settings.dimension = 128;
  job.reads.tables = {{90'000, {90'000, 90'000}, {10'000, 100'000}}};
  Cluster cluster = MakeCluster(64);
  EXPECT_EQ(PlanOf(job, cluster).choice().sharding, Sharding::kHybrid);
  cluster.devices_per_host = 64;
  EXPECT_EQ(PlanOf(job, cluster).choice().sharding, Sharding::kSharded);
}

TEST(Plan, RefusesWhatDoesNotFitAndSaysWhatWould) {
  JobShape job = MakeJob();
  job.spec.items = 1'000'000;
  Cluster cluster = MakeCluster(2);
  cluster.memory_bytes = 30e6;
  const Plan plan = PlanOf(job, cluster);
  EXPECT_EQ(plan.devices_that_fit, 4) << "100 MB of rows and state";
  try {
    RequireThatItFits(plan, cluster);
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kResourceExhausted);
    EXPECT_NE(std::string(error.what()).find("fits on 4 devices"), std::string::npos) << error.what();
  }
}

TEST(Plan, ASettingLeavesOneChoice) {
  JobShape job = MakeJob();
  job.train.sharding = Sharding::kHybrid;
  const Plan plan = PlanOf(job, MakeCluster(2));
  ASSERT_EQ(plan.choices.size(), 1U);
  EXPECT_EQ(plan.choice().sharding, Sharding::kHybrid);
}

TEST(Plan, WritesBytesForPeople) {
  EXPECT_EQ(BytesText(0), "0 B");
  EXPECT_EQ(BytesText(1234), "1.23 kB");
  EXPECT_EQ(BytesText(80e9), "80 GB");
}

}  // namespace
}  // namespace shortlist::train
