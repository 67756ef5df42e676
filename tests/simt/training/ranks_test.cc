// Training on ranks that are simulated GPUs, over the simulated NCCL, against training on one.
#include <filesystem>
#include <string>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "simt/conformance/simulated_ranks.h"
#include "simt/runtime/machine.h"
#include "train/checkpoint_arrays.h"
#include "train/small_retailer.h"
#include "train/thread_ranks.h"
#include "train/trainer.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

// Relative, after 200 steps: of the loss, and of every array of parameters and optimizer state in the Euclidean norm.
constexpr double kAgreement = 1e-5;
// Of the loss with bfloat16 on the wire.
constexpr double kRoundedAgreement = 0.04;

struct Trained {
  double loss = 0;
  Arrays arrays;  // parameters and optimizer state
};

class SimulatedRanksTest : public testing::Test {
 protected:
  SimulatedRanksTest() {
    simt::TheMachine().set_schedule({simt::Order::kForward, 0, simt::StreamMode::kEager});
    settings_.train.epochs = 40;
    settings_.train.max_steps = 200;
    settings_.train.negatives.uniform = 7;
    settings_.train.gradient_clip_norm = 1;
    settings_.train.batch_size = 15;
    settings_.train.include_validation = true;
  }

  Trained TrainOn(int ranks, Sharding sharding, Start start = Start::kFresh) {
    settings_.train.sharding = sharding;
    if (start == Start::kFresh) fs::remove_all(run());
    Trained trained;
    conformance::RunSimulatedRanks(ranks, std::chrono::minutes(5), [&](conformance::SimulatedRank rank) {
      const TrainReport report = Train(settings_, dataset_, rank.backend, rank.communicator, run(), start);
      EXPECT_EQ(report.steps, settings_.train.max_steps);
      if (rank.communicator.rank() == 0 && !report.epochs.empty()) trained.loss = report.epochs.back().loss;
    });
    trained.arrays = ReadCheckpoint(run() / "last", ranks);
    return trained;
  }
  // The same on ranks that compute on CPUs.
  Arrays TrainOnCpus(int ranks, Sharding sharding, Start start = Start::kFresh) {
    settings_.train.sharding = sharding;
    if (start == Start::kFresh) fs::remove_all(run());
    OnThreadRanks(ranks, [&](comm::Communicator& communicator, tensor::Backend& backend) {
      const TrainReport report = Train(settings_, dataset_, backend, communicator, run(), start);
      EXPECT_EQ(report.steps, settings_.train.max_steps);
    });
    return ReadCheckpoint(run() / "last", ranks);
  }
  fs::path run() const { return directory_.path() / "run"; }

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
      ExpectSameArrays(together.arrays, alone.arrays, kAgreement, what);
    }
  }
}

// In the midst of an epoch: the batches that follow are those that one rank alone would take.
TEST_F(SimulatedRanksTest, OtherBackendsResumeACheckpoint) {
  constexpr std::int64_t kStop = 17;
  constexpr std::int64_t kEnd = 30;
  settings_.train.max_steps = kEnd;
  const Arrays expected = TrainOnCpus(1, Sharding::kReplicated);
  for (const int ranks : {1, 3, 8}) {
    settings_.train.max_steps = kStop;
    TrainOn(4, Sharding::kSharded);
    settings_.train.max_steps = kEnd;
    ExpectSameArrays(TrainOnCpus(ranks, Sharding::kHybrid, Start::kResume), expected, kAgreement,
                     "4 GPUs, then CPUs: " + std::to_string(ranks));

    settings_.train.max_steps = kStop;
    TrainOnCpus(4, Sharding::kSharded);
    settings_.train.max_steps = kEnd;
    ExpectSameArrays(TrainOn(ranks, Sharding::kHybrid, Start::kResume).arrays, expected, kAgreement,
                     "4 CPUs, then GPUs: " + std::to_string(ranks));
  }
}

// Rounding is noise in every step, on which later steps build, so that parameters part ways and the loss does not.
TEST_F(SimulatedRanksTest, Bfloat16OnTheWireComputesNearlyTheSame) {
  const Trained alone = TrainOn(1, Sharding::kReplicated);
  settings_.train.communication.wire = WireFormat::kBfloat16;
  for (const Sharding sharding : {Sharding::kReplicated, Sharding::kHybrid}) {
    const Trained together = TrainOn(3, sharding);
    EXPECT_NEAR(together.loss, alone.loss, kRoundedAgreement * alone.loss);
  }
}

}  // namespace
}  // namespace shortlist::train
