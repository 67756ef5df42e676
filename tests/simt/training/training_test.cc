// Training through the real code with the CUDA backend, step by step and as a whole run.
#include <cmath>
#include <vector>

#include "base/scratch_directory.h"
#include "cuda/cuda_backend.h"
#include "cuda/device_test.h"
#include "model/tiny_model.h"
#include "model/two_tower_trainer.h"
#include "train/small_retailer.h"
#include "train/trainer.h"
#include "train/validation.h"

namespace shortlist::cuda {
namespace {

class TrainingStepTest : public DeviceTest {
 protected:
  TrainingStepTest() {
    spec_.settings.dropout = 0.2;
    settings_.gradient_clip_norm = 1;
    settings_.weight_average_decay = 0.9;
  }

  model::TwoTowerTrainer MakeTrainer() {
    return {model::TwoTower(spec_, model::FullItems(), *backend_, 3), settings_, 1};
  }

  std::unique_ptr<tensor::Backend> backend_ = MakeCudaBackend(0, Precision::kFloat32);
  model::TwoTowerSpec spec_ = model::FullSpec();
  TrainSettings settings_;
};

TEST_F(TrainingStepTest, IsOneLaunchWithoutAllocationOrWaiting) {
  model::TwoTowerTrainer trainer = MakeTrainer();
  for (int warm_up = 0; warm_up < 2; ++warm_up) trainer.Step(model::FullBatch());
  constexpr std::uint64_t kSteps = 5;
  const simt::Counts before = Counts();
  for (std::uint64_t step = 0; step < kSteps; ++step) trainer.Step(model::FullBatch());
  const simt::Counts spent = Counts() - before;
  EXPECT_EQ(spent.graph_launches, kSteps);
  EXPECT_EQ(spent.device_allocations, 0U);
  EXPECT_EQ(spent.pinned_allocations, 0U);
  EXPECT_EQ(spent.host_synchronizations, 0U);
  EXPECT_EQ(spent.downloaded_bytes, 0U);
  EXPECT_EQ(spent.kernel_launches % kSteps, 0U) << "equal steps launch equally many kernels";
  RecordProperty("kernels_per_step", std::to_string(spent.kernel_launches / kSteps));
}

// A backend runs its first step as it is, and later ones as graphs.
TEST_F(TrainingStepTest, GraphsComputeWhatSingleLaunchesCompute) {
  model::TwoTowerTrainer single = MakeTrainer();
  single.Step(model::FullBatch());
  const double first_loss = single.TakeLossSum();
  const simt::Counts before = Counts();
  model::TwoTowerTrainer graph = MakeTrainer();
  graph.Step(model::FullBatch());
  EXPECT_EQ(graph.TakeLossSum(), first_loss);
  EXPECT_EQ((Counts() - before).graph_launches, 1U);
}

class TrainingRunTest : public DeviceTest {
 protected:
  TrainingRunTest() {
    settings_.train.epochs = 3;
    settings_.train.gradient_clip_norm = 1;
    settings_.train.early_stop.patience = 0;
  }

  train::TrainReport Run(tensor::Backend& backend, const std::string& name) {
    return train::Train(settings_, dataset_, backend, directory_.path() / name, train::Start::kFresh);
  }
  double Score(tensor::Backend& backend, const std::string& name) {
    const auto model = model::TwoTower::Load(train::FindModel(directory_.path() / name), backend);
    return train::Validation(settings_, dataset_, backend).Score(model);
  }
  std::vector<float> ItemVectors(tensor::Backend& backend, const std::string& name) {
    const auto model = model::TwoTower::Load(train::FindModel(directory_.path() / name), backend);
    std::vector<float> vectors(static_cast<std::size_t>(dataset_.items() * model.vector_width()));
    model.EncodeItems(0, dataset_.items(), vectors);
    return vectors;
  }

  ScratchDirectory directory_;
  Settings settings_ = train::SmallSettings();
  data::Dataset dataset_ = train::PrepareSmallRetailer(settings_, directory_.path());
  std::unique_ptr<tensor::Backend> cpu_ = tensor::MakeCpuBackend(1);
  std::unique_ptr<tensor::Backend> cuda_ = MakeCudaBackend(0, Precision::kFloat32);
};

// Both backends round to float32 in different orders, 2^-24 = 6e-8 at a time. Adam divides by the root of the second
// moment, so that rounding of a gradient near zero may move a parameter by a share of its rate, and such differences
// grow over the run: by less than two orders of magnitude, 1e-5 of the loss (2e-7 was seen).
TEST_F(TrainingRunTest, FollowsTheLossCurveOfTheCpu) {
  const train::TrainReport cpu = Run(*cpu_, "cpu");
  const train::TrainReport cuda = Run(*cuda_, "cuda");
  EXPECT_EQ(cuda.steps, cpu.steps);
  ASSERT_EQ(cuda.epochs.size(), cpu.epochs.size());
  for (std::size_t epoch = 0; epoch < cpu.epochs.size(); ++epoch) {
    EXPECT_NEAR(cuda.epochs[epoch].loss, cpu.epochs[epoch].loss, 1e-5 * cpu.epochs[epoch].loss) << epoch;
  }
  EXPECT_LT(cuda.epochs.back().loss, 0.95 * cuda.epochs.front().loss) << "it has learned something";

  // The checkpoint belongs to no device.
  EXPECT_EQ(Score(*cpu_, "cuda"), cuda.best_metric);
  EXPECT_EQ(Score(*cuda_, "cuda"), cuda.best_metric);
  const std::vector<float> on_cpu = ItemVectors(*cpu_, "cuda");
  const std::vector<float> on_cuda = ItemVectors(*cuda_, "cuda");
  ASSERT_EQ(on_cpu.size(), on_cuda.size());
  for (std::size_t i = 0; i < on_cpu.size(); ++i) ASSERT_NEAR(on_cuda[i], on_cpu[i], 1e-6) << i;
  const std::vector<float> of_cpu = ItemVectors(*cpu_, "cpu");
  for (std::size_t i = 0; i < on_cpu.size(); ++i) ASSERT_NEAR(on_cpu[i], of_cpu[i], 1e-5) << i;
}

TEST_F(TrainingRunTest, FollowsTheLossCurveOfTheCpuWithEncoders) {
  settings_.train.epochs = 2;
  settings_.train.batch_order = BatchOrder::kByShopper;
  for (const EncoderKind kind : {EncoderKind::kAttention, EncoderKind::kGru, EncoderKind::kTransformer}) {
    settings_.model.history.encoder = {.kind = kind, .layers = 1, .feed_forward = 12};
    const train::TrainReport cpu = Run(*cpu_, "cpu");
    const train::TrainReport cuda = Run(*cuda_, "cuda");
    ASSERT_EQ(cuda.epochs.size(), cpu.epochs.size());
    for (std::size_t epoch = 0; epoch < cpu.epochs.size(); ++epoch) {
      EXPECT_NEAR(cuda.epochs[epoch].loss, cpu.epochs[epoch].loss, 1e-5 * cpu.epochs[epoch].loss) << epoch;
    }
    EXPECT_EQ(Score(*cpu_, "cuda"), cuda.best_metric) << static_cast<int>(kind);
  }
}

}  // namespace
}  // namespace shortlist::cuda
