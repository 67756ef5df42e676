// Training on several ranks against training on one.
#include <functional>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "model/held_rows.h"
#include "shortlist/error.h"
#include "tensor/limited_backend.h"
#include "train/checkpoint_arrays.h"
#include "train/plan.h"
#include "train/prior_fit.h"
#include "train/repeat_fit.h"
#include "train/small_retailer.h"
#include "train/thread_ranks.h"
#include "train/trainer.h"
#include "train/training_data.h"

namespace shortlist::train {
namespace {

namespace fs = std::filesystem;

// Per array |a - b| / |b|, in the Euclidean norm, of parameters after 200 steps.
constexpr double kAgreement = 1e-5;
// Relative, of the mean loss of every epoch with bfloat16 on the wire.
constexpr double kRoundedAgreement = 0.04;

std::vector<std::pair<Sharding, WireFormat>> ShardingsAndFormats() {
  std::vector<std::pair<Sharding, WireFormat>> all;
  for (const Sharding sharding : {Sharding::kReplicated, Sharding::kSharded, Sharding::kHybrid}) {
    for (const WireFormat wire : {WireFormat::kFloat32, WireFormat::kBfloat16}) all.emplace_back(sharding, wire);
  }
  return all;
}

class RanksTest : public testing::Test {
 protected:
  RanksTest() {
    settings_.train.epochs = 40;
    settings_.train.max_steps = 200;
    settings_.train.negatives.uniform = 7;
    settings_.train.early_stop.patience = 0;
    settings_.train.gradient_clip_norm = 1;
    settings_.train.batch_size = 15;
    settings_.train.include_validation = true;
  }

  TrainReport Run(const Settings& settings, int ranks, Start start = Start::kFresh) {
    const fs::path directory = directory_.path() / "run";
    if (start == Start::kFresh) fs::remove_all(directory);
    TrainReport report;
    OnThreadRanks(ranks, [&](comm::Communicator& communicator, tensor::Backend& backend) {
      const TrainReport own = Train(settings, dataset_, backend, communicator, directory, start);
      if (communicator.rank() == 0) report = own;
    });
    return report;
  }
  // Of the last checkpoint, which `ranks` wrote.
  Arrays LastArrays(int ranks) const { return ReadCheckpoint(directory_.path() / "run/last", ranks); }
  static void ExpectSame(const Arrays& arrays, const Arrays& expected, const std::string& what) {
    ExpectSameArrays(arrays, expected, kAgreement, what);
  }
  void ExpectRanksAgree(const Settings& settings) {
    const TrainReport expected = Run(settings, 1);
    const Arrays arrays = LastArrays(1);
    for (const Sharding sharding : {Sharding::kReplicated, Sharding::kSharded, Sharding::kHybrid}) {
      for (const int ranks : {2, 4}) {
        const std::string what =
            std::to_string(ranks) + " ranks, sharding " + std::to_string(static_cast<int>(sharding));
        Settings many = settings;
        many.train.sharding = sharding;
        const TrainReport report = Run(many, ranks);
        EXPECT_EQ(report.steps, expected.steps);
        ASSERT_EQ(report.epochs.size(), expected.epochs.size());
        for (std::size_t e = 0; e < expected.epochs.size(); ++e) {
          EXPECT_NEAR(report.epochs[e].loss, expected.epochs[e].loss, kAgreement * expected.epochs[e].loss) << what;
        }
        ExpectSame(LastArrays(ranks), arrays, what);
      }
    }
  }

  ScratchDirectory directory_;
  Settings settings_ = SmallSettings();
  data::Dataset dataset_ = PrepareSmallRetailer(settings_, directory_.path());
};

TEST_F(RanksTest, ComputeWhatOneRankComputes) {
  ExpectRanksAgree(settings_);
}

// Ids alone, adaptive rates per row, catalog softmax, a learned prior and batches of neighboring times, some of which
// have fewer rows than there are ranks.
TEST_F(RanksTest, ComputeWhatOneRankComputesForOtherSettings) {
  settings_.data.catalog.attributes = {};
  settings_.features.item = {};
  dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  settings_.model.history.pools.resize(1);
  settings_.model.item_hidden = {};
  settings_.model.prior = {
      .kind = PriorKind::kRecentDemand, .window_days = 5, .weight = 0.1, .learned = true, .further_windows_days = {2}};
  settings_.train.batch_order = BatchOrder::kTimeCoherent;
  settings_.train.candidates = CandidateRule::kCatalog;
  settings_.train.negatives.uniform = 0;
  settings_.train.optimizer.embeddings = SparseOptimizerKind::kRowwiseAdagrad;
  settings_.train.weight_average_decay = 0;
  ExpectRanksAgree(settings_);
}

// Candidates that are drawn alone, of two samplers, with the refined correction.
TEST_F(RanksTest, ComputeWhatOneRankComputesForSampledCandidates) {
  settings_.train.candidates = CandidateRule::kSampled;
  settings_.train.negatives.popular = 13;
  settings_.train.log_q_correction = LogQCorrection::kRefined;
  ExpectRanksAgree(settings_);
}

// What is fitted behind the towers, by the leading rank from the whole model.
TEST_F(RanksTest, FitDemandAndRepeatPurchasesLikeOne) {
  settings_.model.prior = {.kind = PriorKind::kRecentDemand,
                           .window_days = 5,
                           .learned = true,
                           .refit = {.snapshots = 2, .horizon_days = 15}};
  settings_.model.repeat = {.kind = RepeatKind::kOwnPurchases, .half_lives_days = {5, 50}, .horizon_days = 5};
  settings_.train.batch_order = BatchOrder::kTimeCoherent;
  settings_.train.max_steps = 60;
  const auto fitted = [&] {
    const PriorWeights prior = ReadPriorWeights(PriorFileOf(directory_.path() / "run"));
    std::vector<double> weights = repeat::ReadRepeatWeights(RepeatFileOf(directory_.path() / "run")).of_values;
    weights.insert(weights.end(), prior.weights.begin(), prior.weights.end());
    return weights;
  };
  Run(settings_, 1);
  const std::vector<double> expected = fitted();
  for (const Sharding sharding : {Sharding::kReplicated, Sharding::kSharded}) {
    settings_.train.sharding = sharding;
    Run(settings_, 3);
    const std::vector<double> found = fitted();
    ASSERT_EQ(found.size(), expected.size());
    for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(found[i], expected[i], 1e-3) << i;
  }
}

TEST_F(RanksTest, RefuseHardNegatives) {
  settings_.train.negatives.hard.per_example = 1;
  EXPECT_THROW(Run(settings_, 2), Error);
}

// Shares begin in the midst of a shopper's examples, whose history two ranks then read. Compared from where one rank
// has come to: branches of an encoder start at zero, with gradients as small as Adam's epsilon, of whose rounding it
// makes steps.
TEST_F(RanksTest, ComputeWhatOneRankComputesWithEncoders) {
  settings_.train.batch_order = BatchOrder::kByShopper;
  const auto after_warm_up = [&](int ranks) {
    settings_.train.max_steps = 40;
    Run(settings_, 1);
    settings_.train.max_steps = 70;
    Run(settings_, ranks, Start::kResume);
    return LastArrays(ranks);
  };
  for (const EncoderKind kind : {EncoderKind::kAttention, EncoderKind::kGru, EncoderKind::kTransformer}) {
    settings_.model.history.encoder = {.kind = kind, .layers = 1, .feed_forward = 12};
    const Arrays expected = after_warm_up(1);
    for (const int ranks : {2, 4}) {
      const std::string what = "encoder " + std::to_string(static_cast<int>(kind)) + ", " + std::to_string(ranks);
      ExpectSame(after_warm_up(ranks), expected, what + " ranks");
    }
  }
}

// Rounding is noise in every step, on which later steps build, so that parameters part ways and the loss does not. On
// one rank nothing travels.
TEST_F(RanksTest, Bfloat16OnTheWireComputesNearlyTheSame) {
  settings_.train.communication.wire = WireFormat::kBfloat16;
  const TrainReport expected = Run(settings_, 1);
  for (const Sharding sharding : {Sharding::kReplicated, Sharding::kSharded, Sharding::kHybrid}) {
    for (const int ranks : {2, 4}) {
      settings_.train.sharding = sharding;
      const TrainReport report = Run(settings_, ranks);
      const std::string what = std::to_string(ranks) + " ranks, sharding " + std::to_string(static_cast<int>(sharding));
      for (std::size_t e = 0; e < expected.epochs.size(); ++e) {
        EXPECT_NEAR(report.epochs[e].loss, expected.epochs[e].loss, kRoundedAgreement * expected.epochs[e].loss)
            << what;
      }
    }
  }
}

TEST_F(RanksTest, AnyNumberOfRanksResumesWhatAnyOtherWrote) {
  settings_.train.max_steps = 30;
  Run(settings_, 1);
  const Arrays expected = LastArrays(1);
  for (const int first : {1, 4}) {
    for (const int second : {1, 3, 8}) {
      settings_.train.sharding = second == 3 ? Sharding::kReplicated : Sharding::kSharded;
      settings_.train.max_steps = 17;
      Run(settings_, first);
      settings_.train.max_steps = 30;
      EXPECT_EQ(Run(settings_, second, Start::kResume).steps, 30);
      ExpectSame(LastArrays(second), expected, std::to_string(first) + " then " + std::to_string(second) + " ranks");
    }
  }
}

// What evaluation, index and serving read.
TEST_F(RanksTest, TheModelOfSeveralRanksIsLoadedAsAWhole) {
  settings_.train.max_steps = 60;
  settings_.train.include_validation = false;
  settings_.train.sharding = Sharding::kSharded;
  const double metric = Run(settings_, 1).best_metric;
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const auto vectors = [&] {
    const model::TwoTower model = model::TwoTower::Load(FindModel(directory_.path() / "run"), *backend);
    std::vector<float> out(static_cast<std::size_t>(dataset_.items() * model.vector_width()));
    model.EncodeItems(0, dataset_.items(), out);
    return out;
  };
  const std::vector<float> expected = vectors();
  EXPECT_NEAR(Run(settings_, 3).best_metric, metric, 1e-3);
  const std::vector<float> read = vectors();
  for (std::size_t i = 0; i < expected.size(); ++i) EXPECT_NEAR(read[i], expected[i], 1e-4);
}

// The plan, which knows some batches, against what the communicators counted over an epoch.
TEST_F(RanksTest, SendWhatThePlanSays) {
  settings_.train.batch_size = 40;
  settings_.train.epochs = 1;
  settings_.train.max_steps = 0;
  for (const auto& [sharding, wire] : ShardingsAndFormats()) {
    settings_.train.sharding = sharding;
    settings_.train.communication.wire = wire;
    constexpr int kRanks = 4;
    Cluster cluster;
    cluster.devices = kRanks;
    TrainingData data(settings_, dataset_, {});
    const WireBytes planned = MakePlan([&](int devices) { return data.Measure(devices); }, cluster).choice().wire;
    comm::Volume sent;
    std::int64_t steps = 0;
    std::mutex mutex;
    OnThreadRanks(kRanks, [&](comm::Communicator& communicator, tensor::Backend& backend) {
      const TrainReport report =
          Train(settings_, dataset_, backend, communicator, directory_.path() / "wire", Start::kFresh);
      const std::lock_guard lock(mutex);
      for (const comm::Operation operation : {comm::Operation::kAllReduceSum, comm::Operation::kAllGather,
                                              comm::Operation::kReduceScatterSum, comm::Operation::kAllToAll}) {
        sent += communicator.traffic().of(operation);
      }
      steps = report.steps;
    });
    const double per_step = static_cast<double>(sent.bytes_sent) / static_cast<double>(steps * kRanks);
    EXPECT_NEAR(per_step, planned.Total(), 0.05 * planned.Total())
        << static_cast<int>(sharding) << " " << static_cast<int>(wire);
  }
}

// Of a backend's memory that a rank of several takes, and one rank alone cannot.
TEST_F(RanksTest, ATableTooLargeForOneTrainsOnFour) {
  settings_.features.item = {
      {.name = "category", .column = "category", .transform = TransformKind::kHash, .buckets = 50000}};
  dataset_ = PrepareSmallRetailer(settings_, directory_.path());
  settings_.train.max_steps = 3;
  settings_.train.sharding = Sharding::kSharded;
  constexpr std::size_t kLimit = 3'000'000;
  const auto train = [&](int ranks) {
    std::size_t peak = 0;
    std::mutex mutex;
    OnThreadRanks(ranks, [&](comm::Communicator& communicator, tensor::Backend& backend) {
      tensor::LimitedBackend limited(backend, kLimit);
      Train(settings_, dataset_, limited, communicator, directory_.path() / "large", Start::kFresh);
      const std::lock_guard lock(mutex);
      peak = std::max(peak, limited.peak_bytes());
    });
    return peak;
  };
  EXPECT_THROW(train(1), Error);
  const std::size_t peak = train(4);

  Cluster cluster;
  cluster.devices = 4;
  TrainingData data(settings_, dataset_, {});
  const double planned = MakePlan([&](int devices) { return data.Measure(devices); }, cluster).choice().memory.Total();
  EXPECT_NEAR(static_cast<double>(peak), planned, 0.1 * planned);

  settings_.train.memory_gb = kLimit * 1e-9;
  train(4);
  try {
    train(1);
    FAIL() << "began to train";
  } catch (const Error& error) {
    EXPECT_NE(std::string(error.what()).find("it fits on 4 devices"), std::string::npos) << error.what();
  }
}

}  // namespace
}  // namespace shortlist::train
