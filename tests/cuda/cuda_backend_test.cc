#include "cuda/cuda_backend.h"

#include <vector>

#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::HasSubstr;

class CudaBackendTest : public DeviceTest, public ::testing::WithParamInterface<simt::StreamMode> {
 protected:
  CudaBackendTest() { simt::TheMachine().set_schedule({simt::Order::kForward, 0, GetParam()}); }

  tensor::Buffer Uploaded(const std::vector<float>& values) {
    tensor::Buffer buffer = backend_->Allocate(values.size() * sizeof(float));
    backend_->Upload(values.data(), buffer.As<float>(), buffer.bytes());
    return buffer;
  }
  std::vector<float> Read(const tensor::Buffer& buffer) {
    std::vector<float> values(buffer.bytes() / sizeof(float));
    backend_->Download(buffer.As<float>(), values.data(), buffer.bytes());
    return values;
  }

  std::unique_ptr<tensor::Backend> backend_ = MakeCudaBackend(0, Precision::kFloat32);
};

TEST_P(CudaBackendTest, IsNamedByItsDevice) {
  EXPECT_EQ(backend_->Name(), "cuda:0");
  EXPECT_EQ(MakeCudaBackend(2, Precision::kFloat32)->Name(), "cuda:2");
}

TEST_P(CudaBackendTest, AStepTakesTheDataOfItsOwnTime) {
  const tensor::Buffer sum = Uploaded({0, 0});
  const tensor::Buffer input = Uploaded({0, 0});
  for (const float value : {1.0F, 10.0F, 100.0F, 1000.0F}) {
    std::vector<float> values = {value, 2 * value};
    backend_->RunStep([&] {
      backend_->Upload(values.data(), input.As<float>(), input.bytes());
      backend_->AddScaled(input.As<float>(), value < 50 ? 1.0F : -1.0F, sum.As<float>(), 2);
    });
    values.assign(2, -1.0F);  // the caller may reuse its memory
  }
  EXPECT_THAT(Read(sum), ElementsAre(-1089, -2178));
}

TEST_P(CudaBackendTest, StepsMayDifferInTheirOperations) {
  const tensor::Buffer values = Uploaded({1, 2, 3});
  for (int step = 0; step < 6; ++step) {
    backend_->RunStep([&] {
      backend_->Scale(values.As<float>(), 2, 3);
      if (step % 2 == 1) backend_->AddScaled(values.As<float>(), 1, values.As<float>() + 1, 1);
    });
  }
  EXPECT_THAT(Read(values), ElementsAre(64, 320, 192));
}

TEST_P(CudaBackendTest, StepsAfterTheFirstAreOneLaunch) {
  const tensor::Buffer values = Uploaded({1, 2, 3});
  const auto step = [&] {
    for (int i = 0; i < 5; ++i) backend_->Scale(values.As<float>(), 2, 3);
  };
  backend_->RunStep(step);
  backend_->Synchronize();
  const simt::Counts before = Counts();
  for (int i = 0; i < 3; ++i) backend_->RunStep(step);
  backend_->Synchronize();
  EXPECT_EQ((Counts() - before).graph_launches, 3U);
  EXPECT_EQ((Counts() - before).kernel_launches, 15U);
}

TEST_P(CudaBackendTest, MemoryFreedInAStepLivesUntilTheStepHasRun) {
  const tensor::Buffer out = Uploaded({0, 0, 0});
  const auto step = [&] {
    const tensor::Buffer passing = Uploaded({1, 2, 3});
    backend_->AddScaled(passing.As<float>(), 1, out.As<float>(), 3);
  };
  for (int i = 0; i < 3; ++i) backend_->RunStep(step);
  EXPECT_THAT(Read(out), ElementsAre(3, 6, 9));
}

TEST_P(CudaBackendTest, AStepThatThrowsLeavesTheBackendUsable) {
  const tensor::Buffer values = Uploaded({1});
  const auto step = [&] { backend_->Scale(values.As<float>(), 2, 1); };
  backend_->RunStep(step);
  EXPECT_THROW(backend_->RunStep([&] {
    step();
    throw Error(Code::kCancelled, "changed my mind");
  }),
               Error);
  backend_->RunStep(step);
  EXPECT_THAT(Read(values), ElementsAre(4)) << "a captured step that throws has not run";
}

TEST_P(CudaBackendTest, MoreUploadsInAStepThanTheBlocksHold) {
  const std::vector<float> many(3 << 20, 1.5F);
  const tensor::Buffer target = backend_->Allocate(many.size() * sizeof(float));
  for (int i = 0; i < 3; ++i) {
    backend_->RunStep([&] { backend_->Upload(many.data(), target.As<float>(), target.bytes()); });
  }
  EXPECT_THAT(Read(target), Each(1.5F));
}

TEST_P(CudaBackendTest, MemoryThatIsNotThereIsTold) {
  device().SetTotalBytes(std::size_t{1} << 30);
  const std::string message = ErrorOf(Code::kResourceExhausted, [this] { backend_->Allocate(std::size_t{1} << 31); });
  EXPECT_THAT(message, HasSubstr("Allocate on cuda:0"));
  EXPECT_THAT(message, HasSubstr("2147483648 bytes"));
  EXPECT_THAT(message, HasSubstr("MiB free of 1024 MiB"));
}

TEST_P(CudaBackendTest, ADeviceThatIsLostIsTold) {
  const tensor::Buffer values = Uploaded({1});
  device().Lose(cudaErrorECCUncorrectable);
  EXPECT_THAT(ErrorOf(Code::kUnavailable, [&] { backend_->Scale(values.As<float>(), 2, 1); }),
              HasSubstr("resume from the last checkpoint"));
  device().Recover();
}

TEST_P(CudaBackendTest, AKernelThatFailsIsToldAtTheLatestWhenWaitedFor) {
  const tensor::Buffer values = Uploaded({1});
  device().FailKernelAfter(0, cudaErrorIllegalAddress);
  EXPECT_THAT(ErrorOf(Code::kInternal,
                      [&] {
                        backend_->Scale(values.As<float>(), 2, 1);
                        backend_->Synchronize();
                      }),
              HasSubstr("a kernel failed"));
  device().Recover();
}

INSTANTIATE_TEST_SUITE_P(Streams, CudaBackendTest, ::testing::Values(simt::StreamMode::kEager, simt::StreamMode::kLazy),
                         [](const auto& row) { return row.param == simt::StreamMode::kEager ? "eager" : "lazy"; });

}  // namespace
}  // namespace shortlist::cuda
