#include "train/hard_negatives.h"

#include <algorithm>
#include <set>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "shortlist/error.h"
#include "train/query_source.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

class HardNegativesTest : public testing::Test {
 protected:
  HardNegativesTest() {
    settings_.train.negatives.hard = {
        .per_example = 3, .share_of_examples = 0.25, .first_rank = 2, .last_rank = 12, .refresh_steps = 5};
    data_.plan().StartEpoch(1);
  }
  std::int64_t Prepare(HardNegatives& hard, std::int64_t batch) {
    return hard.Prepare(
        [&]() -> const model::TwoTower& {
          ++searches_;
          return model_;
        },
        1, batch);
  }

  ScratchDirectory directory_;
  Settings settings_ = SmallSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  TrainingData data_{settings_, dataset_, {}};
  model::TwoTower model_{MakeSpec(settings_.model, dataset_),
                         MakeItemInputs(settings_.model, dataset_, data::Part::kValidation), *backend_, 3};
  int searches_ = 0;
};

TEST_F(HardNegativesTest, SearchesAtEachRefreshAlone) {
  HardNegatives hard(settings_, dataset_, data_, *backend_);
  EXPECT_EQ(Prepare(hard, 0), 5);
  EXPECT_EQ(Prepare(hard, 3), 5);
  EXPECT_EQ(searches_, 1);
  EXPECT_EQ(Prepare(hard, 5), 10);
  EXPECT_EQ(Prepare(hard, 10), 12) << "the epoch has 12 batches";
  EXPECT_EQ(searches_, 3);
  EXPECT_EQ(hard.Prepare([&]() -> const model::TwoTower& { return model_; }, 0, 0), 12) << "before first_epoch";
  EXPECT_TRUE(hard.found().Of(0, 0).empty());
}

TEST_F(HardNegativesTest, FindsItemsOfTheWindowThatTheShopperDoesNotHave) {
  settings_.train.negatives.hard = {
      .per_example = 100, .share_of_examples = 1, .first_rank = 3, .last_rank = 7, .refresh_steps = 0};
  HardNegatives hard(settings_, dataset_, data_, *backend_);
  EXPECT_EQ(Prepare(hard, 0), 12);
  const auto examples = data_.plan().Batch(4);
  const auto found = hard.found().Of(1, 4);
  ASSERT_EQ(found.size(), 4 * examples.size());

  std::vector<float> items(static_cast<std::size_t>(dataset_.items() * model_.vector_width()));
  model_.EncodeItems(0, dataset_.items(), items);
  std::multiset<std::int32_t> expected;
  for (const std::int64_t example : examples) {
    const std::vector<std::int64_t> one = {example};
    std::vector<float> shopper(static_cast<std::size_t>(model_.vector_width()));
    model_.EncodeUsers(data_.Queries(one), shopper);
    const auto owned = data_.ItemsOfShopper(example);
    std::vector<std::pair<float, std::int32_t>> ranked;
    for (std::int32_t item = 0; item < dataset_.items(); ++item) {
      if (std::ranges::count(owned, item) > 0) continue;
      float score = 0;
      for (std::size_t d = 0; d < shopper.size(); ++d) {
        score += shopper[d] * items[static_cast<std::size_t>(item) * shopper.size() + d];
      }
      ranked.emplace_back(-score, item);
    }
    std::ranges::sort(ranked);
    for (std::size_t rank = 3; rank < 7; ++rank) expected.insert(ranked[rank].second);
  }
  EXPECT_EQ(std::multiset<std::int32_t>(found.begin(), found.end()), expected);
}

TEST_F(HardNegativesTest, DrawsTheSameFromTheSameModel) {
  HardNegatives one(settings_, dataset_, data_, *backend_);
  HardNegatives other(settings_, dataset_, data_, *backend_);
  Prepare(one, 0);
  Prepare(other, 0);
  EXPECT_EQ(one.found().items, other.found().items);
  EXPECT_EQ(one.found().items.size(), 5U * 15 * 3) << "a quarter of 60 examples, three items each";
}

TEST_F(HardNegativesTest, AreReadAsWritten) {
  HardNegatives hard(settings_, dataset_, data_, *backend_);
  Prepare(hard, 5);
  const auto path = directory_.path() / "hard.safetensors";
  WriteFoundNegatives(hard.found(), path);
  HardNegatives restored(settings_, dataset_, data_, *backend_);
  restored.Restore(ReadFoundNegatives(path));
  const int before = searches_;
  EXPECT_EQ(Prepare(restored, 7), 10);
  EXPECT_EQ(searches_, before) << "what was restored is not searched for again";
  EXPECT_EQ(restored.found().items, hard.found().items);

  FoundNegatives damaged = hard.found();
  damaged.offsets.back() += 1;
  WriteFoundNegatives(damaged, path);
  EXPECT_THROW(ReadFoundNegatives(path), Error);
}

}  // namespace
}  // namespace shortlist::train
