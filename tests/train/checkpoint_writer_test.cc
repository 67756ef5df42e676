#include "train/checkpoint_writer.h"

#include <algorithm>
#include <functional>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"
#include "train/gradient_exchange.h"
#include "train/query_source.h"
#include "train/sharding.h"
#include "train/slow_disk.h"
#include "train/small_retailer.h"
#include "train/thread_ranks.h"
#include "train/training_data.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

Position AtStep(std::int64_t step) {
  Position position;
  position.steps = step;
  return position;
}

class CheckpointWriterTest : public testing::Test {
 protected:
  using Body = std::function<void(CheckpointWriter&, model::TwoTowerTrainer&, RankGroup&)>;

  // A trainer without steps and its writer on each of `ranks` ranks.
  void OnRanks(int ranks, const Body& body) {
    OnThreadRanks(ranks, [&](comm::Communicator& communicator, tensor::Backend& backend) {
      RankGroup group(communicator, backend);
      const model::TwoTowerSpec spec = MakeSpec(settings_.model, dataset_);
      const model::ParameterLayout layout(spec);
      GradientExchange exchange(RowPlacement(layout.tables, PlaceTables(layout, Sharding::kSharded, {}), group.of()),
                                layout.dimension, WireFormat::kFloat32, communicator, backend);
      model::TwoTowerTrainer trainer(spec, MakeItemInputs(settings_.model, dataset_, data::Part::kValidation),
                                     settings_.train, 1, backend, exchange);
      CheckpointWriter writer(Last(), Best(), lineage_, group);
      body(writer, trainer, group);
    });
  }
  fs::path Last() const { return directory_.path() / "last"; }
  fs::path Best() const { return directory_.path() / "best"; }
  std::vector<std::string> Names() const {
    std::vector<std::string> names;
    for (const fs::directory_entry& entry : fs::directory_iterator(Last())) {
      names.push_back(entry.path().filename().string());
    }
    std::ranges::sort(names);
    return names;
  }

  ScratchDirectory directory_;
  Settings settings_ = SmallSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  Lineage lineage_{settings_, dataset_};
};

TEST_F(CheckpointWriterTest, EveryRankWritesItsPart) {
  OnRanks(3, [](CheckpointWriter& writer, model::TwoTowerTrainer& trainer, RankGroup& group) {
    writer.Write(trainer.Snapshot(), AtStep(5), group.leads() ? Merit::kBest : Merit::kOrdinary);
    writer.Finish();
  });
  VerifyCheckpoint(Last());
  VerifyCheckpoint(Best());
  EXPECT_EQ(ReadPosition(Last()).steps, 5);
  EXPECT_EQ(Names(), (std::vector<std::string>{"checkpoint.json", "model", "optimizer-00001-of-00003.safetensors",
                                               "optimizer-00002-of-00003.safetensors",
                                               "optimizer-00003-of-00003.safetensors", "position.json"}));
  fs::resize_file(Last() / "optimizer-00002-of-00003.safetensors", 100);
  EXPECT_THROW(VerifyCheckpoint(Last()), Error);
}

TEST_F(CheckpointWriterTest, OneRankWritesOneFileOfEachKind) {
  OnRanks(1, [](CheckpointWriter& writer, model::TwoTowerTrainer& trainer, RankGroup&) {
    for (int steps = 0; steps < 4; ++steps) writer.Write(trainer.Snapshot(), AtStep(steps), Merit::kOrdinary);
    writer.Finish();
  });
  VerifyCheckpoint(Last());
  EXPECT_EQ(ReadPosition(Last()).steps, 3) << "the last one that was handed over";
  EXPECT_EQ(Names(), (std::vector<std::string>{"checkpoint.json", "model", "optimizer.safetensors", "position.json"}));
}

TEST_F(CheckpointWriterTest, TrainingGoesOnWhileTheDiskIsSlow) {
  const auto files_of = [&](SlowDisk* disk) {
    OnRanks(2, [&](CheckpointWriter& writer, model::TwoTowerTrainer& trainer, RankGroup& group) {
      TrainingData data(settings_, dataset_, group.of());
      data.plan().StartEpoch(0);
      trainer.Step(data.Build(0, 0));
      writer.Write(trainer.Snapshot(), AtStep(1), Merit::kOrdinary);
      if (disk != nullptr) {
        disk->AwaitWriter();
        for (std::int64_t batch = 1; batch < 4; ++batch) trainer.Step(data.Build(0, batch));
        EXPECT_EQ(trainer.steps(), 4);
        EXPECT_FALSE(fs::exists(Last()));
        group.Meet();
        disk->LetGo();
      }
      writer.Finish();
    });
    VerifyCheckpoint(Last());
    std::string files;
    for (const char* part : {"1", "2"}) {
      files += base::ReadFile(Last() / ("optimizer-0000" + std::string(part) + "-of-00002.safetensors"));
      files += base::ReadFile(ModelOf(Last()) / ("weights-0000" + std::string(part) + "-of-00002.safetensors"));
    }
    fs::remove_all(Last());
    return files;
  };
  const std::string expected = files_of(nullptr);
  SlowDisk disk;
  EXPECT_TRUE(files_of(&disk) == expected) << "the checkpoint holds steps that were taken later";
}

// A rank that dies before its part is written leaves the checkpoint before.
TEST_F(CheckpointWriterTest, WithoutAllPartsThereIsNoCheckpoint) {
  const auto body = [](CheckpointWriter& writer, model::TwoTowerTrainer& trainer, RankGroup&) {
    writer.Write(trainer.Snapshot(), AtStep(1), Merit::kOrdinary);
    writer.Finish();
  };
  OnRanks(2, body);
  const auto failing = [](CheckpointWriter& writer, model::TwoTowerTrainer& trainer, RankGroup& group) {
    const std::string directory = group.Share(std::string());
    if (!group.leads()) throw Error(Code::kAborted, "dies");
    writer.Write(trainer.Snapshot(), AtStep(2), Merit::kOrdinary);
  };
  EXPECT_THROW(OnRanks(2, failing), Error);
  VerifyCheckpoint(Last());
  EXPECT_EQ(ReadPosition(Last()).steps, 1);
}

TEST_F(CheckpointWriterTest, TheFirstCheckpointOfARunRemovesTheBestOfAnother) {
  fs::create_directories(Best());
  OnRanks(1, [&](CheckpointWriter& writer, model::TwoTowerTrainer& trainer, RankGroup&) {
    writer.KeepBest();
    writer.Write(trainer.Snapshot(), {}, Merit::kOrdinary);
    writer.Finish();
    EXPECT_TRUE(fs::exists(Best()));
  });
  OnRanks(1, [&](CheckpointWriter& writer, model::TwoTowerTrainer& trainer, RankGroup&) {
    writer.Write(trainer.Snapshot(), {}, Merit::kOrdinary);
    writer.Finish();
    EXPECT_FALSE(fs::exists(Best()));
  });
}

// The failure of a background write is told by the next call.
TEST_F(CheckpointWriterTest, TellsWhatWentWrong) {
  OnRanks(1, [&](CheckpointWriter&, model::TwoTowerTrainer& trainer, RankGroup& group) {
    CheckpointWriter writer(Last(), directory_.path() / "events.csv/best", lineage_, group);
    writer.KeepBest();
    writer.Write(trainer.Snapshot(), {}, Merit::kBest);
    EXPECT_THROW(writer.Finish(), Error);
  });
}

}  // namespace
}  // namespace shortlist::train
