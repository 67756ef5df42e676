#include "train/training_data.h"

#include <algorithm>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

class TrainingDataTest : public testing::Test {
 protected:
  ScratchDirectory directory_;
  Settings settings_ = SmallSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
};

TEST_F(TrainingDataTest, RanksShareTheBatchOfOne) {
  settings_.train.negatives.uniform = 3;
  TrainingData whole(settings_, dataset_, {});
  whole.plan().StartEpoch(1);
  const model::TrainBatch expected = whole.Build(1, 2);
  EXPECT_FALSE(expected.share.has_value());
  std::vector<std::int32_t> positives;
  std::vector<std::int32_t> history;
  double weight = 0;
  for (int rank = 0; rank < 7; ++rank) {
    TrainingData data(settings_, dataset_, {rank, 7});
    data.plan().StartEpoch(1);
    const model::TrainBatch batch = data.Build(1, 2);
    EXPECT_EQ(batch.candidates, expected.candidates);
    EXPECT_EQ(batch.Share().first_row, static_cast<std::int64_t>(positives.size()));
    EXPECT_EQ(batch.queries.rows(), batch.rows());
    positives.insert(positives.end(), batch.positives.begin(), batch.positives.end());
    const std::vector<std::int32_t>& ids = batch.queries.pools.front().ids;
    history.insert(history.end(), ids.begin(), ids.end());
    for (const float row_weight : batch.row_weights) weight += row_weight / static_cast<double>(batch.rows());
  }
  EXPECT_EQ(positives, expected.positives);
  EXPECT_EQ(history, expected.queries.pools.front().ids);
  EXPECT_NEAR(weight, 1, 1e-5) << "the ranks' means add up to the mean of the step";
}

TEST_F(TrainingDataTest, UnseenItemsHaveNoEventInTraining) {
  EXPECT_TRUE(TrainingData(settings_, dataset_, {}).UnseenItems().empty());
  settings_.data.split.new_item_share = 0.3;
  dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  TrainingData data(settings_, dataset_, {});
  const std::vector<std::int32_t> unseen = data.UnseenItems();
  EXPECT_FALSE(unseen.empty());
  for (const std::int32_t item : unseen) EXPECT_EQ(std::ranges::count(data.log().items, item), 0);
  data.plan().StartEpoch(0);
  for (const std::int32_t item : data.Build(0, 0).candidates) {
    EXPECT_FALSE(std::ranges::binary_search(unseen, item));
  }
}

TEST_F(TrainingDataTest, MeasuresSomeBatches) {
  TrainingData data(settings_, dataset_, {});
  const JobShape job = data.Measure(2);
  EXPECT_EQ(job.candidates, 60) << "720 examples in 12 batches";
  ASSERT_EQ(job.reads.tables.size(), 3U) << "items, categories, devices";
  EXPECT_EQ(job.reads.tables[1].All().on_any_rank, 7);
  EXPECT_LE(job.reads.tables[0].All().on_any_rank, 40);
  EXPECT_GT(job.reads.tables[0].All().on_any_rank, 30);
}

}  // namespace
}  // namespace shortlist::train
