#include "train/checkpoint.h"

#include <cmath>
#include <fstream>
#include <functional>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "model/two_tower_trainer.h"
#include "shortlist/error.h"
#include "train/query_source.h"
#include "train/small_retailer.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

class CheckpointTest : public testing::Test {
 protected:
  CheckpointTest() {
    position_.epoch = 3;
    position_.batch = 7;
    position_.steps = 99;
    position_.loss_sum = 12.5;
    position_.examples = 64;
    position_.best_epoch = 2;
    position_.epochs.resize(1);
    position_.epochs[0].loss = 2;
    position_.epochs[0].validation_metric = std::nan("");
  }

  fs::path Write() {
    const Lineage lineage(settings_, dataset_);
    model::TwoTowerTrainer trainer(
        model::TwoTower(MakeSpec(settings_.model, dataset_),
                        MakeItemInputs(settings_.model, dataset_, data::Part::kValidation), *backend_, 1),
        settings_.train, 1);
    base::AtomicDirectory directory(directory_.path() / "last");
    trainer.Snapshot().WriteModel(ModelOf(directory.path()));
    trainer.Snapshot().WriteState(OptimizerStateOf(directory.path()));
    CompleteCheckpoint(directory, lineage, position_, {});
    return directory_.path() / "last";
  }
  static void ExpectRefused(Code code, const std::string& words, const std::function<void()>& call) {
    try {
      call();
      FAIL() << "accepted " << words;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_NE(std::string(error.what()).find(words), std::string::npos) << error.what();
    }
  }

  ScratchDirectory directory_;
  Settings settings_ = SmallSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  Position position_;
};

TEST_F(CheckpointTest, ReadsBackThePosition) {
  const Position read = ReadPosition(Write());
  EXPECT_EQ(read.epoch, 3);
  EXPECT_EQ(read.batch, 7);
  EXPECT_EQ(read.steps, 99);
  EXPECT_EQ(read.loss_sum, 12.5);
  EXPECT_EQ(read.examples, 64);
  EXPECT_EQ(read.best_epoch, 2);
  EXPECT_EQ(read.best_metric, position_.best_metric);
  ASSERT_EQ(read.epochs.size(), 1U);
  EXPECT_EQ(read.epochs[0].loss, 2);
  EXPECT_TRUE(std::isnan(read.epochs[0].validation_metric));
}

TEST_F(CheckpointTest, RefusesAnyFlippedByteByTheFilesName) {
  const fs::path checkpoint = Write();
  EXPECT_TRUE(VerifyCheckpoint(checkpoint).DifferenceFrom(Lineage(settings_, dataset_)).empty());
  for (const char* name : {"checkpoint.json", "position.json", "optimizer.safetensors", "model/model.json",
                           "model/weights.safetensors", "model/items.safetensors"}) {
    const std::string whole = base::ReadFile(checkpoint / name);
    for (const std::size_t at : {std::size_t{0}, whole.size() / 3, whole.size() - 1}) {
      std::string flipped = whole;
      flipped[at] = static_cast<char>(flipped[at] ^ 4);
      base::WriteFileAtomically(checkpoint / name, flipped);
      ExpectRefused(Code::kDataLoss, name, [&] { VerifyCheckpoint(checkpoint); });
    }
    base::WriteFileAtomically(checkpoint / name, whole.substr(0, whole.size() - 1));
    ExpectRefused(Code::kDataLoss, name, [&] { VerifyCheckpoint(checkpoint); });
    base::WriteFileAtomically(checkpoint / name, whole);
  }
  VerifyCheckpoint(checkpoint);
}

TEST_F(CheckpointTest, RefusesAMissingFileByItsName) {
  const fs::path checkpoint = Write();
  fs::remove(checkpoint / "model/items.safetensors");
  ExpectRefused(Code::kDataLoss, "items.safetensors", [&] { VerifyCheckpoint(checkpoint); });
  fs::remove(checkpoint / "checkpoint.json");
  ExpectRefused(Code::kNotFound, "checkpoint.json", [&] { VerifyCheckpoint(checkpoint); });
}

TEST_F(CheckpointTest, ACopyIsWhole) {
  const fs::path checkpoint = Write();
  CopyCheckpoint(checkpoint, directory_.path() / "best");
  VerifyCheckpoint(directory_.path() / "best");
}

TEST_F(CheckpointTest, LineageNamesTheSettingThatDiffers) {
  const Lineage before(settings_, dataset_);
  settings_.train.epochs = 100;
  settings_.train.max_steps = 5;
  settings_.train.checkpoint_steps = 5;
  settings_.threads = 7;
  EXPECT_TRUE(Lineage(settings_, dataset_).DifferenceFrom(before).empty());
  settings_.train.batch_size = 128;
  EXPECT_EQ(Lineage(settings_, dataset_).DifferenceFrom(before), "/train/batch_size is 128, was 64");
  settings_ = SmallSettings();
  settings_.seed = 9;
  EXPECT_EQ(Lineage(settings_, dataset_).DifferenceFrom(before), "/seed is 9, was 1");
}

}  // namespace
}  // namespace shortlist::train
