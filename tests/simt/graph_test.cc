#include <functional>

#include "simt/device_fixture.h"
#include "simt/stream_test_kernels.h"

namespace shortlist::simt {
namespace {

using ::testing::ElementsAre;

class GraphTest : public DeviceTest {
 protected:
  GraphTest() {
    EXPECT_EQ(cudaStreamCreateWithFlags(&side_, cudaStreamNonBlocking), cudaSuccess);
    for (cudaEvent_t& event : events_) EXPECT_EQ(cudaEventCreate(&event), cudaSuccess);
  }
  ~GraphTest() override {
    for (cudaEvent_t event : events_) cudaEventDestroy(event);
    for (cudaGraph_t graph : graphs_) cudaGraphDestroy(graph);
    if (executable_ != nullptr) cudaGraphExecDestroy(executable_);
    cudaStreamDestroy(side_);
  }

  void Begin() { ASSERT_EQ(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeThreadLocal), cudaSuccess); }
  cudaError_t TryEnd() {
    cudaGraph_t graph = nullptr;
    const cudaError_t status = cudaStreamEndCapture(stream_, &graph);
    if (graph != nullptr) graphs_.push_back(graph);
    return status;
  }
  void End() { ASSERT_EQ(TryEnd(), cudaSuccess); }
  void Instantiate() { ASSERT_EQ(cudaGraphInstantiate(&executable_, graphs_.back(), 0), cudaSuccess); }
  void LaunchGraph() { ASSERT_EQ(cudaGraphLaunch(executable_, stream_), cudaSuccess); }
  cudaError_t Update() {
    cudaGraphExecUpdateResultInfo result{};
    return cudaGraphExecUpdate(executable_, graphs_.back(), &result);
  }
  void Launch1(int factor, int term, int* values) { Launch(1, 1, ScaleAddKernel, factor, term, 1, values); }

  cudaStream_t side_ = nullptr;
  cudaEvent_t events_[2] = {};
  std::vector<cudaGraph_t> graphs_;
  cudaGraphExec_t executable_ = nullptr;
};

TEST_F(GraphTest, RecordsWithoutRunningAndRunsOnEveryLaunch) {
  auto values = Array(std::vector<int>{1});
  Begin();
  Launch1(2, 0, values.data());
  Launch1(1, 5, values.data());
  End();
  EXPECT_THAT(values.Read(), ElementsAre(1));
  Instantiate();
  const Counts before = TheMachine().counters().Read();
  LaunchGraph();
  LaunchGraph();
  const Counts spent = TheMachine().counters().Read() - before;
  EXPECT_THAT(values.Read(), ElementsAre(19));
  EXPECT_EQ(spent.graph_launches, 2U);
  EXPECT_EQ(spent.kernel_launches, 4U);
}

TEST_F(GraphTest, LazyLaunchesKeepWhatTheGraphHeldThen) {
  TheMachine().set_schedule({.streams = StreamMode::kLazy});
  auto values = Array(std::vector<int>{1});
  Begin();
  Launch1(2, 0, values.data());
  End();
  Instantiate();
  LaunchGraph();
  Begin();
  Launch1(1, 100, values.data());
  End();
  ASSERT_EQ(Update(), cudaSuccess);
  LaunchGraph();
  EXPECT_THAT(values.Read(), ElementsAre(102));
}

TEST_F(GraphTest, AnUpdateMustNotChangeTheTopology) {
  auto values = Array(std::vector<int>{1});
  Begin();
  Launch1(2, 0, values.data());
  End();
  Instantiate();
  Begin();
  Launch1(2, 0, values.data());
  ASSERT_EQ(cudaMemsetAsync(values.data(), 0, 4, stream_), cudaSuccess);
  End();
  EXPECT_EQ(Update(), cudaErrorGraphExecUpdateFailure);
  LaunchGraph();
  EXPECT_THAT(values.Read(), ElementsAre(2));
}

TEST_F(GraphTest, BranchesOfAnotherStreamAreJoined) {
  for (const Order order : {Order::kForward, Order::kReverse, Order::kRandom}) {
    TheMachine().set_schedule({.order = order});
    auto values = Array(std::vector<int>{1, 1});
    Begin();
    Launch1(2, 0, values.data());
    ASSERT_EQ(cudaEventRecord(events_[0], stream_), cudaSuccess);
    ASSERT_EQ(cudaStreamWaitEvent(side_, events_[0], 0), cudaSuccess);
    ASSERT_EQ(cudaMemcpyAsync(values.data() + 1, values.data(), 4, cudaMemcpyDeviceToDevice, side_), cudaSuccess);
    ASSERT_EQ(cudaEventRecord(events_[1], side_), cudaSuccess);
    ASSERT_EQ(cudaStreamWaitEvent(stream_, events_[1], 0), cudaSuccess);
    Launch1(1, 7, values.data());
    End();
    Instantiate();
    LaunchGraph();
    EXPECT_THAT(values.Read(), ElementsAre(9, 2));
    ASSERT_EQ(cudaGraphExecDestroy(executable_), cudaSuccess);
    executable_ = nullptr;
  }
}

TEST_F(GraphTest, RefusesWorkThatIsNotJoined) {
  auto values = Array(std::vector<int>{1, 1});
  Begin();
  ASSERT_EQ(cudaEventRecord(events_[0], stream_), cudaSuccess);
  ASSERT_EQ(cudaStreamWaitEvent(side_, events_[0], 0), cudaSuccess);
  ASSERT_EQ(cudaMemsetAsync(values.data(), 0, 4, side_), cudaSuccess);
  EXPECT_EQ(TryEnd(), cudaErrorStreamCaptureUnjoined);
}

TEST_F(GraphTest, RefusesToWaitForWorkOutsideOfTheCapture) {
  ASSERT_EQ(cudaEventRecord(events_[0], side_), cudaSuccess);
  Begin();
  EXPECT_EQ(cudaStreamWaitEvent(stream_, events_[0], 0), cudaErrorStreamCaptureIsolation);
  EXPECT_EQ(TryEnd(), cudaErrorStreamCaptureInvalidated);
}

TEST_F(GraphTest, RefusesToSynchronizeWhileItRecords) {
  for (const auto& synchronize :
       {std::function<cudaError_t()>([&] { return cudaStreamSynchronize(stream_); }), {cudaDeviceSynchronize}}) {
    Begin();
    EXPECT_EQ(synchronize(), cudaErrorStreamCaptureUnsupported);
    EXPECT_EQ(TryEnd(), cudaErrorStreamCaptureInvalidated);
  }
}

TEST_F(GraphTest, RefusesPageableCopiesWhileItRecords) {
  auto values = Array(std::vector<int>{1});
  int host = 0;
  Begin();
  EXPECT_EQ(cudaMemcpyAsync(values.data(), &host, 4, cudaMemcpyHostToDevice, stream_),
            cudaErrorStreamCaptureUnsupported);
  EXPECT_EQ(TryEnd(), cudaErrorStreamCaptureInvalidated);
}

TEST_F(GraphTest, RefusesToAllocateWhileItRecordsUnlessRelaxed) {
  void* memory = nullptr;
  Begin();
  EXPECT_EQ(cudaMalloc(&memory, 4), cudaErrorStreamCaptureUnsupported);
  EXPECT_EQ(TryEnd(), cudaErrorStreamCaptureInvalidated);
  ASSERT_EQ(cudaStreamBeginCapture(stream_, cudaStreamCaptureModeRelaxed), cudaSuccess);
  EXPECT_EQ(cudaMalloc(&memory, 4), cudaSuccess);
  EXPECT_EQ(TryEnd(), cudaSuccess);
  EXPECT_EQ(cudaFree(memory), cudaSuccess);
}

TEST_F(GraphTest, TellsWhetherAStreamIsCaptured) {
  cudaStreamCaptureStatus status = cudaStreamCaptureStatusInvalidated;
  ASSERT_EQ(cudaStreamIsCapturing(stream_, &status), cudaSuccess);
  EXPECT_EQ(status, cudaStreamCaptureStatusNone);
  Begin();
  ASSERT_EQ(cudaStreamIsCapturing(stream_, &status), cudaSuccess);
  EXPECT_EQ(status, cudaStreamCaptureStatusActive);
  End();
}

}  // namespace
}  // namespace shortlist::simt
