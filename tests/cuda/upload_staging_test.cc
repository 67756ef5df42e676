#include "cuda/upload_staging.h"

#include <numeric>
#include <vector>

#include "cuda/check.h"
#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

constexpr std::int64_t kMany = 3 << 20;  // values of three blocks

std::vector<std::int32_t> Sequence(std::int64_t size, std::int32_t first) {
  std::vector<std::int32_t> values(static_cast<std::size_t>(size));
  std::iota(values.begin(), values.end(), first);
  return values;
}

// With both kinds of streams: lazy ones run only when they are waited for, so what is overwritten too early shows.
class UploadStagingTest : public DeviceTest, public ::testing::WithParamInterface<simt::StreamMode> {
 protected:
  UploadStagingTest() { simt::TheMachine().set_schedule({simt::Order::kForward, 0, GetParam()}); }

  DeviceMemory Memory(std::int64_t size) { return AllocateDevice(static_cast<std::size_t>(size) * 4, "test"); }
  void Upload(std::vector<std::int32_t> values, const DeviceMemory& target) {
    staging_.Upload(values.data(), target.get(), values.size() * 4);
    std::fill(values.begin(), values.end(), -1);  // the caller may reuse its memory
  }
  std::vector<std::int32_t> Read(const DeviceMemory& memory, std::int64_t size) {
    queue_.Synchronize();
    std::vector<std::int32_t> values(static_cast<std::size_t>(size));
    Check(cudaMemcpy(values.data(), memory.get(), values.size() * 4, cudaMemcpyDeviceToHost), "test");
    return values;
  }

  Queue queue_{0, Precision::kFloat32};
  UploadStaging staging_{queue_};
};

TEST_P(UploadStagingTest, SmallArraysArrive) {
  const DeviceMemory first = Memory(3);
  const DeviceMemory second = Memory(1000);
  Upload(Sequence(3, 5), first);
  Upload(Sequence(1000, 7), second);
  EXPECT_EQ(Read(first, 3), Sequence(3, 5));
  EXPECT_EQ(Read(second, 1000), Sequence(1000, 7));
}

TEST_P(UploadStagingTest, ArraysLargerThanAllBlocksArrive) {
  const DeviceMemory memory = Memory(kMany);
  Upload(Sequence(kMany, 1), memory);
  EXPECT_EQ(Read(memory, kMany), Sequence(kMany, 1));
}

TEST_P(UploadStagingTest, TwoBlocksAreEnoughForAnyNumberOfUploads) {
  const DeviceMemory memory = Memory(kMany);
  Upload(Sequence(kMany, 1), memory);
  const simt::Counts before = Counts();
  for (int round = 0; round < 3; ++round) Upload(Sequence(kMany, round), memory);
  EXPECT_EQ((Counts() - before).device_allocations, 0U);
  EXPECT_EQ((Counts() - before).pinned_allocations, 0U);
  EXPECT_EQ(Read(memory, kMany), Sequence(kMany, 2));
}

TEST_P(UploadStagingTest, SmallUploadsDoNotMakeTheHostWait) {
  const DeviceMemory memory = Memory(1000);
  Upload(Sequence(1000, 1), memory);
  const simt::Counts before = Counts();
  for (int round = 0; round < 20; ++round) Upload(Sequence(1000, round), memory);
  EXPECT_EQ((Counts() - before).host_synchronizations, 0U);
}

INSTANTIATE_TEST_SUITE_P(Streams, UploadStagingTest,
                         ::testing::Values(simt::StreamMode::kEager, simt::StreamMode::kLazy),
                         [](const auto& row) { return row.param == simt::StreamMode::kEager ? "eager" : "lazy"; });

}  // namespace
}  // namespace shortlist::cuda
