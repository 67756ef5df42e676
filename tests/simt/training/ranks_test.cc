// Training on ranks that are simulated GPUs, over the simulated NCCL, against training on one.
#include <cmath>
#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "model/two_tower.h"
#include "simt/conformance/simulated_ranks.h"
#include "simt/runtime/machine.h"
#include "train/small_retailer.h"
#include "train/trainer.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

// Relative, after 200 steps: of the loss, and of the items' vectors in the Euclidean norm.
constexpr double kAgreement = 1e-5;

struct Trained {
  double loss = 0;
  std::vector<float> items;
};

class SimulatedRanksTest : public testing::Test {
 protected:
  SimulatedRanksTest() {
    simt::TheMachine().set_schedule({simt::Order::kForward, 0, simt::StreamMode::kEager});
    settings_.train.epochs = 40;
    settings_.train.max_steps = 200;
    settings_.train.sampled_negatives = 7;
    settings_.train.gradient_clip_norm = 1;
    settings_.train.batch_size = 15;
    settings_.train.include_validation = true;
  }

  Trained TrainOn(int ranks, Sharding sharding) {
    settings_.train.sharding = sharding;
    const fs::path directory = directory_.path() / "run";
    fs::remove_all(directory);
    Trained trained;
    conformance::RunSimulatedRanks(ranks, std::chrono::minutes(5), [&](conformance::SimulatedRank rank) {
      const TrainReport report = Train(settings_, dataset_, rank.backend, rank.communicator, directory, Start::kFresh);
      EXPECT_EQ(report.steps, settings_.train.max_steps);
      if (rank.communicator.rank() == 0) trained.loss = report.epochs.back().loss;
    });
    trained.items = ItemVectors(directory);
    return trained;
  }

  std::vector<float> ItemVectors(const fs::path& directory) const {
    const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
    const model::TwoTower model = model::TwoTower::Load(FindModel(directory), *backend);
    std::vector<float> vectors(static_cast<std::size_t>(dataset_.items() * model.vector_width()));
    model.EncodeItems(0, dataset_.items(), vectors);
    return vectors;
  }

  static double Difference(const std::vector<float>& a, const std::vector<float>& b) {
    double squares = 0;
    double length = 0;
    for (std::size_t i = 0; i < b.size(); ++i) {
      const double difference = double{a[i]} - double{b[i]};
      squares += difference * difference;
      length += double{b[i]} * double{b[i]};
    }
    return std::sqrt(squares / length);
  }

  ScratchDirectory directory_;
  Settings settings_ = SmallSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
};

TEST_F(SimulatedRanksTest, ComputeWhatOneRankComputes) {
  const Trained alone = TrainOn(1, Sharding::kReplicated);
  for (const Sharding sharding : {Sharding::kReplicated, Sharding::kSharded, Sharding::kHybrid}) {
    for (const int ranks : {2, 4}) {
      const std::string what = std::to_string(ranks) + " ranks, sharding " + std::to_string(static_cast<int>(sharding));
      const Trained together = TrainOn(ranks, sharding);
      EXPECT_NEAR(together.loss, alone.loss, kAgreement * alone.loss) << what;
      ASSERT_EQ(together.items.size(), alone.items.size());
      EXPECT_LE(Difference(together.items, alone.items), kAgreement) << what;
    }
  }
}

}  // namespace
}  // namespace shortlist::train
