#include <string>

#include "simt/block_test_kernels.h"
#include "simt/device_fixture.h"
#include "simt/runtime/garbage_memory.h"
#include "simt/stream_test_kernels.h"

namespace shortlist::simt {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;

void* Allocate(std::size_t bytes) {
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, bytes), cudaSuccess);
  return memory;
}

TEST_F(DeviceTest, MemoryIsAlignedAndHoldsGarbage) {
  for (const std::size_t bytes : {std::size_t{1000}, std::size_t{3} << 20}) {
    void* memory = Allocate(bytes);
    EXPECT_EQ(reinterpret_cast<std::uintptr_t>(memory) % 256, 0U);
    std::vector<unsigned char> values(bytes);
    ASSERT_EQ(cudaMemcpyAsync(values.data(), memory, bytes, cudaMemcpyDeviceToHost, stream_), cudaSuccess);
    EXPECT_THAT(values, Each(kGarbage));
    EXPECT_EQ(cudaFree(memory), cudaSuccess);
  }
}

TEST_F(DeviceTest, MemoryRunsOut) {
  TheMachine().device(0).SetTotalBytes(1000);
  void* first = Allocate(600);
  std::size_t free = 0;
  std::size_t total = 0;
  ASSERT_EQ(cudaMemGetInfo(&free, &total), cudaSuccess);
  EXPECT_EQ(free, 400U);
  EXPECT_EQ(total, 1000U);
  void* second = nullptr;
  EXPECT_EQ(cudaMalloc(&second, 401), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaMalloc(&second, 400), cudaSuccess);
  cudaFree(first);
  cudaFree(second);
}

TEST_F(DeviceTest, AnAllocationFailsOnDemand) {
  TheMachine().device(0).FailAllocationAfter(1);
  void* first = Allocate(4);
  void* second = nullptr;
  EXPECT_EQ(cudaMalloc(&second, 4), cudaErrorMemoryAllocation);
  EXPECT_EQ(cudaPeekAtLastError(), cudaErrorMemoryAllocation);
  second = Allocate(4);
  cudaFree(first);
  cudaFree(second);
}

TEST_F(DeviceTest, ReportsFreeingWhatIsNoAllocation) {
  void* memory = Allocate(8);
  EXPECT_EQ(cudaFree(static_cast<char*>(memory) + 4), cudaErrorInvalidValue);
  EXPECT_EQ(cudaFree(memory), cudaSuccess);
  EXPECT_EQ(cudaFree(memory), cudaErrorInvalidValue);
  EXPECT_THAT(TakeReports(), ::testing::ElementsAre(HasSubstr("frees what is not an allocation"), "and 1 more"));
}

TEST_F(DeviceTest, ALostDeviceFailsEveryCall) {
  void* memory = Allocate(4);
  TheMachine().device(0).Lose(cudaErrorECCUncorrectable);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaErrorECCUncorrectable);
  EXPECT_EQ(cudaMemsetAsync(memory, 0, 4, stream_), cudaErrorECCUncorrectable);
  EXPECT_EQ(cudaSetDevice(1), cudaSuccess);
  EXPECT_EQ(cudaDeviceSynchronize(), cudaSuccess);
  EXPECT_EQ(cudaSetDevice(0), cudaErrorECCUncorrectable);
  TheMachine().device(0).Recover();
  EXPECT_EQ(cudaFree(memory), cudaSuccess);
}

TEST_F(DeviceTest, AKernelThatFailsShowsLater) {
  auto values = Array(std::vector<int>{1});
  TheMachine().device(0).FailKernelAfter(1, cudaErrorLaunchFailure);
  Launch(1, 1, ScaleAddKernel, 2, 0, 1, values.data());
  Launch(1, 1, ScaleAddKernel, 2, 0, 1, values.data());
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaErrorLaunchFailure);
  TheMachine().device(0).Recover();
  EXPECT_EQ(values.Read()[0], 2);
}

TEST_F(DeviceTest, DevicesAreApart) {
  ASSERT_EQ(cudaSetDevice(3), cudaSuccess);
  int device = -1;
  EXPECT_EQ(cudaGetDevice(&device), cudaSuccess);
  EXPECT_EQ(device, 3);
  EXPECT_EQ(TryLaunch(1, 1, 0, ScaleAddKernel, 1, 1, 0, nullptr), cudaErrorInvalidResourceHandle);
  TheMachine().set_device_count(2);
  EXPECT_EQ(cudaSetDevice(2), cudaErrorInvalidDevice);
}

TEST_F(DeviceTest, WithoutADriverTheCountIsLeftAlone) {
  TheMachine().set_driver_state(cudaErrorInsufficientDriver);
  int count = -7;
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaErrorInsufficientDriver);
  EXPECT_EQ(count, -7);
  void* memory = nullptr;
  EXPECT_EQ(cudaMalloc(&memory, 4), cudaErrorInsufficientDriver);
  TheMachine().set_driver_state(cudaSuccess);
  EXPECT_EQ(cudaGetDeviceCount(&count), cudaSuccess);
  EXPECT_EQ(count, Machine::kMostDevices);
}

TEST_F(DeviceTest, RefusesLaunchesThatNoDeviceTakes) {
  int* none = nullptr;
  for (const auto& [blocks, threads] :
       {std::pair{dim3(0), dim3(1)}, std::pair{dim3(1), dim3(0)}, std::pair{dim3(1, 65536), dim3(1)},
        std::pair{dim3(1), dim3(1025)}, std::pair{dim3(1), dim3(32, 33)}, std::pair{dim3(1), dim3(1, 1, 65)}}) {
    EXPECT_EQ(TryLaunch(blocks, threads, 0, ScaleAddKernel, 1, 1, 0, none), cudaErrorInvalidConfiguration);
  }
  cudaLaunchConfig_t clustered{};
  cudaLaunchAttribute attribute{};
  clustered.gridDim = clustered.blockDim = 1;
  clustered.stream = stream_;
  clustered.attrs = &attribute;
  clustered.numAttrs = 1;
  EXPECT_EQ(cudaLaunchKernelEx(&clustered, ScaleAddKernel, 1, 1, 0, none), cudaErrorNotSupported);
}

TEST_F(DeviceTest, MuchDynamicSharedMemoryNeedsTheAttribute) {
  constexpr std::size_t kBytes = 50000;
  auto in = Array(std::vector<int>(32));
  auto out = Array(std::vector<int>(1));
  EXPECT_EQ(TryLaunch(1, 32, kBytes, SumBlockKernel, in.data(), out.data()), cudaErrorInvalidValue);
  const auto attribute = cudaFuncAttributeMaxDynamicSharedMemorySize;
  ASSERT_EQ(cudaFuncSetAttribute(SumBlockKernel, attribute, static_cast<int>(kBytes)), cudaSuccess);
  EXPECT_EQ(TryLaunch(1, 32, kBytes, SumBlockKernel, in.data(), out.data()), cudaSuccess);
  EXPECT_EQ(cudaFuncSetAttribute(SumBlockKernel, attribute, 300000), cudaErrorInvalidValue);
}

TEST_F(DeviceTest, NamesErrors) {
  EXPECT_STREQ(cudaGetErrorName(cudaErrorMemoryAllocation), "cudaErrorMemoryAllocation");
  EXPECT_STREQ(cudaGetErrorString(cudaErrorMemoryAllocation), "out of memory");
}

}  // namespace
}  // namespace shortlist::simt
