#include "model/two_tower_trainer.h"

#include <algorithm>
#include <cmath>
#include <filesystem>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "model/tiny_model.h"
#include "shortlist/error.h"

namespace shortlist::model {
namespace {

class TwoTowerTrainerTest : public testing::Test {
 protected:
  void SetUp() override {
    settings_.optimizer.embedding_rate = 0.02;
    settings_.optimizer.dense_rate = 0.02;
    spec_.settings.dropout = 0.2;
  }

  TwoTowerTrainer MakeTrainer(std::uint64_t seed = 1) {
    return {TwoTower(spec_, FullItems(), *backend_, 3), settings_, seed};
  }
  std::string Weights(TwoTowerTrainer& trainer) {
    trainer.Publish().Save(directory_ / "weights");
    return base::ReadFile(directory_ / "weights/weights.safetensors");
  }

  ScratchDirectory directory_;
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  TwoTowerSpec spec_ = FullSpec();
  TrainSettings settings_;
};

TEST_F(TwoTowerTrainerTest, LearnsABatchByHeart) {
  spec_.settings.dropout = 0;
  TwoTowerTrainer trainer = MakeTrainer();
  trainer.Step(FullBatch());
  const double first = trainer.TakeLossSum();
  for (int i = 0; i < 200; ++i) trainer.Step(FullBatch());
  trainer.TakeLossSum();
  trainer.Step(FullBatch());
  EXPECT_LT(trainer.TakeLossSum(), first / 10);
  EXPECT_EQ(trainer.steps(), 202);
}

TEST_F(TwoTowerTrainerTest, ForgottenItemsAreKnownByTheirFeaturesAlone) {
  settings_.weight_average_decay = 0.9;
  TwoTowerTrainer trainer = MakeTrainer();
  const std::vector<std::int32_t> forgotten = {0, kTinyItems - 1};
  trainer.ForgetIds(forgotten);
  const TwoTower& model = trainer.Publish();
  const auto width = static_cast<std::size_t>(model.vector_width());
  std::vector<float> known(kTinyItems * width);
  std::vector<float> fresh(kTinyItems * width);
  model.EncodeItems(0, kTinyItems, known);
  model.EncodeNewItems(FullItems(), fresh);
  for (std::size_t item = 0; item < kTinyItems; ++item) {
    const auto row = [&](const std::vector<float>& rows) {
      return std::vector<float>(rows.begin() + static_cast<std::ptrdiff_t>(item * width),
                                rows.begin() + static_cast<std::ptrdiff_t>((item + 1) * width));
    };
    EXPECT_EQ(row(known) == row(fresh), std::ranges::count(forgotten, item) == 1) << item;
  }
}

TEST_F(TwoTowerTrainerTest, TheLossSumCountsRows) {
  settings_.optimizer.embedding_rate = 0;
  settings_.optimizer.dense_rate = 0;
  spec_.settings.dropout = 0;
  TwoTowerTrainer trainer = MakeTrainer();
  trainer.Step(FullBatch());
  const double once = trainer.TakeLossSum();
  trainer.Step(FullBatch());
  trainer.Step(FullBatch());
  EXPECT_NEAR(trainer.TakeLossSum(), 2 * once, 1e-4);
  EXPECT_EQ(trainer.TakeLossSum(), 0);
}

TEST_F(TwoTowerTrainerTest, PublishedVectorsFollowTheWeights) {
  TwoTowerTrainer trainer = MakeTrainer();
  std::vector<float> before(kTinyItems * 5);
  trainer.Publish().EncodeItems(0, kTinyItems, before);
  trainer.Step(FullBatch());
  std::vector<float> after(before.size());
  trainer.Publish().EncodeItems(0, kTinyItems, after);
  EXPECT_NE(before, after);
  trainer.Publish().Save(directory_ / "model");
  std::vector<float> loaded(before.size());
  TwoTower::Load(directory_ / "model", *backend_).EncodeItems(0, kTinyItems, loaded);
  EXPECT_EQ(loaded, after);
}

TEST_F(TwoTowerTrainerTest, SeedsReproduceARun) {
  TwoTowerTrainer a = MakeTrainer(1);
  TwoTowerTrainer b = MakeTrainer(1);
  TwoTowerTrainer c = MakeTrainer(2);
  for (TwoTowerTrainer* trainer : {&a, &b, &c}) {
    for (int i = 0; i < 5; ++i) trainer->Step(FullBatch());
  }
  EXPECT_EQ(Weights(a), Weights(b));
  EXPECT_NE(Weights(a), Weights(c)) << "the seed draws the dropout masks";
}

// For every optimizer, with and without averaging: k steps, save, load, n - k steps equal n steps.
TEST_F(TwoTowerTrainerTest, ContinuesWhereItWasSaved) {
  for (const SparseOptimizerKind kind : {SparseOptimizerKind::kSgd, SparseOptimizerKind::kRowwiseAdagrad,
                                         SparseOptimizerKind::kAdagrad, SparseOptimizerKind::kAdam}) {
    for (const double decay : {0.0, 0.9}) {
      settings_.optimizer.embeddings = kind;
      settings_.optimizer.warmup_steps = 6;
      settings_.optimizer.weight_decay = 0.1;
      settings_.gradient_clip_norm = 0.5;
      settings_.weight_average_decay = decay;
      TwoTowerTrainer straight = MakeTrainer();
      for (int i = 0; i < 8; ++i) straight.Step(FullBatch());

      TwoTowerTrainer first = MakeTrainer();
      for (int i = 0; i < 3; ++i) first.Step(FullBatch());
      first.Publish().Save(directory_ / "model");
      first.Snapshot().WriteState(directory_ / "state.safetensors");
      TwoTowerTrainer second(TwoTower::Load(directory_ / "model", *backend_), settings_, 1);
      second.LoadState(directory_ / "state.safetensors");
      EXPECT_EQ(second.steps(), 3);
      for (int i = 0; i < 5; ++i) second.Step(FullBatch());
      EXPECT_EQ(Weights(second), Weights(straight)) << static_cast<int>(kind) << " " << decay;
    }
  }
}

TEST_F(TwoTowerTrainerTest, TheModelHoldsTheMovingAverage) {
  settings_.weight_average_decay = 0.75;
  spec_.settings.dropout = 0;
  spec_.settings.learn_temperature = false;
  TwoTowerTrainer averaged = MakeTrainer();
  settings_.weight_average_decay = 0;
  TwoTowerTrainer plain = MakeTrainer();
  std::vector<float> start(kTinyItems * 5);
  std::vector<float> raw(start.size());
  std::vector<float> average(start.size());
  plain.Publish().EncodeItems(0, kTinyItems, start);
  averaged.Step(FullBatch());
  plain.Step(FullBatch());
  averaged.Publish().EncodeItems(0, kTinyItems, average);
  plain.Publish().EncodeItems(0, kTinyItems, raw);
  // The prior's coordinate is its weight times constants, so it shows the average itself.
  EXPECT_NE(raw[9], start[9]);
  EXPECT_NEAR(average[9], 0.75 * start[9] + 0.25 * raw[9], 1e-6);
}

TEST_F(TwoTowerTrainerTest, RefusesTheStateOfAnotherOptimizer) {
  MakeTrainer().Snapshot().WriteState(directory_ / "state.safetensors");
  settings_.optimizer.embeddings = SparseOptimizerKind::kRowwiseAdagrad;
  TwoTowerTrainer trainer = MakeTrainer();
  try {
    trainer.LoadState(directory_ / "state.safetensors");
    FAIL() << "accepted";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kDataLoss);
    EXPECT_NE(std::string(error.what()).find("state.safetensors"), std::string::npos);
  }
}

}  // namespace
}  // namespace shortlist::model
