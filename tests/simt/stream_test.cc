#include <memory>
#include <thread>

#include "simt/device_fixture.h"
#include "simt/runtime/garbage_memory.h"
#include "simt/stream_test_kernels.h"

namespace shortlist::simt {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;

struct PinnedFree {
  void operator()(int* data) const { cudaFreeHost(data); }
};

class StreamTest : public DeviceTest {
 protected:
  ~StreamTest() override {
    cudaEventDestroy(event_);
    cudaStreamDestroy(other_);
  }
  StreamTest() {
    EXPECT_EQ(cudaStreamCreateWithFlags(&other_, cudaStreamNonBlocking), cudaSuccess);
    EXPECT_EQ(cudaEventCreate(&event_), cudaSuccess);
  }

  static std::unique_ptr<int[], PinnedFree> Pinned(int count) {
    void* memory = nullptr;
    EXPECT_EQ(cudaMallocHost(&memory, static_cast<std::size_t>(count) * sizeof(int)), cudaSuccess);
    return std::unique_ptr<int[], PinnedFree>(static_cast<int*>(memory));
  }
  static void SetStreams(StreamMode mode) { TheMachine().set_schedule({.streams = mode}); }
  void Download(DeviceArray<int>& source, int* target, cudaStream_t stream) {
    ASSERT_EQ(cudaMemcpyAsync(target, source.data(), sizeof(int), cudaMemcpyDeviceToHost, stream), cudaSuccess);
  }
  static Counts CountsNow() { return TheMachine().counters().Read(); }

  cudaStream_t other_ = nullptr;
  cudaEvent_t event_ = nullptr;
};

TEST_F(StreamTest, EagerWorkIsDoneWhenItIsQueued) {
  auto values = Array(std::vector<int>{1});
  const auto host = Pinned(1);
  Launch(1, 1, ScaleAddKernel, 2, 3, 1, values.data());
  Download(values, host.get(), stream_);
  EXPECT_EQ(host[0], 5);
}

TEST_F(StreamTest, LazyWorkIsDoneWhenItIsAwaited) {
  SetStreams(StreamMode::kLazy);
  auto values = Array(std::vector<int>{1});
  const auto host = Pinned(1);
  host[0] = -1;
  Launch(1, 1, ScaleAddKernel, 2, 3, 1, values.data());
  Download(values, host.get(), stream_);
  EXPECT_EQ(host[0], -1);
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(host[0], 5);
}

TEST_F(StreamTest, PollingMakesProgress) {
  SetStreams(StreamMode::kLazy);
  auto values = Array(std::vector<int>{1});
  Launch(1, 1, ScaleAddKernel, 2, 3, 1, values.data());
  EXPECT_EQ(cudaEventRecord(event_, stream_), cudaSuccess);
  int polls = 0;
  while (cudaEventQuery(event_) == cudaErrorNotReady) ++polls;
  EXPECT_EQ(polls, 3);  // the upload, the kernel, the event
  EXPECT_EQ(cudaStreamQuery(stream_), cudaSuccess);
}

// A copy from pinned memory that is overwritten too early takes the new value.
TEST_F(StreamTest, LazyUploadsReadPinnedMemoryLateAndPageableMemoryAtOnce) {
  SetStreams(StreamMode::kLazy);
  auto values = Array(std::vector<int>{0, 0});
  const auto pinned = Pinned(1);
  int pageable = pinned[0] = 1;
  ASSERT_EQ(cudaMemcpyAsync(values.data(), pinned.get(), 4, cudaMemcpyHostToDevice, stream_), cudaSuccess);
  ASSERT_EQ(cudaMemcpyAsync(values.data() + 1, &pageable, 4, cudaMemcpyHostToDevice, stream_), cudaSuccess);
  pageable = pinned[0] = 2;
  EXPECT_THAT(values.Read(), ::testing::ElementsAre(2, 1));
}

TEST_F(StreamTest, StreamsAreUnorderedUnlessAnEventOrdersThem) {
  SetStreams(StreamMode::kLazy);
  auto values = Array(std::vector<int>{1});
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  const auto host = Pinned(1);
  Launch(1, 1, ScaleAddKernel, 1, 10, 1, values.data());
  Download(values, host.get(), other_);
  ASSERT_EQ(cudaStreamSynchronize(other_), cudaSuccess);
  EXPECT_EQ(host[0], 1);
  EXPECT_EQ(cudaEventRecord(event_, stream_), cudaSuccess);
  EXPECT_EQ(cudaStreamWaitEvent(other_, event_, 0), cudaSuccess);
  Download(values, host.get(), other_);
  ASSERT_EQ(cudaStreamSynchronize(other_), cudaSuccess);
  EXPECT_EQ(host[0], 11);
}

TEST_F(StreamTest, AnEventStandsWhereItWasRecorded) {
  SetStreams(StreamMode::kLazy);
  auto values = Array(std::vector<int>{1});
  const auto host = Pinned(1);
  Download(values, host.get(), stream_);
  ASSERT_EQ(cudaEventRecord(event_, stream_), cudaSuccess);
  Launch(1, 1, ScaleAddKernel, 1, 10, 1, values.data());
  Download(values, host.get(), stream_);
  ASSERT_EQ(cudaEventSynchronize(event_), cudaSuccess);
  EXPECT_EQ(host[0], 1);
  ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  EXPECT_EQ(host[0], 11);
}

TEST_F(StreamTest, ElapsedTimeNeedsRecordedEvents) {
  cudaEvent_t end = nullptr;
  ASSERT_EQ(cudaEventCreate(&end), cudaSuccess);
  float milliseconds = -1;
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event_, end), cudaErrorInvalidResourceHandle);
  ASSERT_EQ(cudaEventRecord(event_, stream_), cudaSuccess);
  ASSERT_EQ(cudaEventRecord(end, stream_), cudaSuccess);
  EXPECT_EQ(cudaEventElapsedTime(&milliseconds, event_, end), cudaSuccess);
  EXPECT_GE(milliseconds, 0);
  cudaEventDestroy(end);
}

// Each thread awaits what the other one queues, in both directions.
TEST_F(StreamTest, HostThreadsMayAwaitEachOthersStreams) {
  SetStreams(StreamMode::kLazy);
  auto values = Array(std::vector<int>{1});
  ASSERT_EQ(cudaEventRecord(event_, stream_), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(other_, event_, 0), cudaSuccess);
  std::thread waiting([&] { EXPECT_EQ(cudaStreamSynchronize(other_), cudaSuccess); });
  EXPECT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  waiting.join();
}

TEST_F(StreamTest, CountsWhatTheHostAskedFor) {
  const Counts before = CountsNow();
  {
    auto values = Array(std::vector<int>{1, 2});
    const auto host = Pinned(1);
    Launch(1, 1, ScaleAddKernel, 2, 3, 1, values.data());
    Download(values, host.get(), stream_);
    ASSERT_EQ(cudaStreamSynchronize(stream_), cudaSuccess);
  }
  const Counts spent = CountsNow() - before;
  EXPECT_EQ(spent.kernel_launches, 1U);
  EXPECT_EQ(spent.device_allocations, 1U);
  EXPECT_EQ(spent.pinned_allocations, 1U);
  EXPECT_EQ(spent.uploaded_bytes, 8U);
  EXPECT_EQ(spent.downloaded_bytes, 4U);
  // The pageable upload, the explicit one, and freeing two pieces of memory.
  EXPECT_EQ(spent.host_synchronizations, 4U);
}

TEST_F(StreamTest, ReportsTheDefaultStream) {
  auto values = Array(std::vector<int>{1});
  EXPECT_EQ(cudaMemsetAsync(values.data(), 0, 4, nullptr), cudaErrorInvalidResourceHandle);
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("names no stream that was created")));
  EXPECT_EQ(cudaGetLastError(), cudaErrorInvalidResourceHandle);
  EXPECT_EQ(cudaGetLastError(), cudaSuccess);
}

TEST_F(StreamTest, FillsBytes) {
  auto values = Array(std::vector<int>{5, 6});
  ASSERT_EQ(cudaMemsetAsync(values.data() + 1, 0xFF, 4, stream_), cudaSuccess);
  EXPECT_THAT(values.Read(), ::testing::ElementsAre(5, -1));
}

TEST_F(StreamTest, ReportsCopiesThatLeaveTheirMemory) {
  auto values = Array(std::vector<int>{1, 2});
  int host[4] = {};
  EXPECT_EQ(cudaMemcpyAsync(host, values.data(), 12, cudaMemcpyDeviceToHost, stream_), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpyAsync(values.data(), host, 12, cudaMemcpyHostToDevice, stream_), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemcpyAsync(values.data(), values.data(), 8, cudaMemcpyDeviceToHost, stream_), cudaErrorInvalidValue);
  EXPECT_EQ(cudaMemsetAsync(host, 0, 4, stream_), cudaErrorInvalidValue);
  EXPECT_EQ(TakeReports().size(), 4U);
}

}  // namespace
}  // namespace shortlist::simt
