#include "cuda/step_graph.h"

#include <utility>

#include "cuda/check.h"

namespace shortlist::cuda {
namespace {

// Ends the capture of a stream, however the step ends.
class StreamCapture {
 public:
  // Relaxed, because a step may have to allocate.
  explicit StreamCapture(cudaStream_t stream) : stream_(stream) {
    Check(cudaStreamBeginCapture(stream, cudaStreamCaptureModeRelaxed), "capture a step");
  }
  ~StreamCapture() {
    if (!ended_) EndCapture();
  }
  StreamCapture(const StreamCapture&) = delete;
  StreamCapture& operator=(const StreamCapture&) = delete;

  Graph End() {
    Graph graph;
    Check(EndCapture(&graph), "capture a step");
    return graph;
  }

 private:
  cudaError_t EndCapture(Graph* captured = nullptr) {
    ended_ = true;
    cudaGraph_t graph = nullptr;
    const cudaError_t status = cudaStreamEndCapture(stream_, &graph);
    Graph owner(graph);
    if (captured != nullptr) *captured = std::move(owner);
    return status;
  }

  cudaStream_t stream_;
  bool ended_ = false;
};

}  // namespace

void StepGraph::Capture(Queue& queue, const std::function<void()>& step) {
  StreamCapture capture(queue.stream());
  step();
  const Graph graph = capture.End();
  Prepare(graph.get());
}

void StepGraph::Prepare(cudaGraph_t graph) {
  if (executable_ != nullptr) {
    cudaGraphExecUpdateResultInfo result{};
    const cudaError_t status = cudaGraphExecUpdate(executable_.get(), graph, &result);
    if (status == cudaSuccess) return;
    if (status != cudaErrorGraphExecUpdateFailure) Check(status, "update a captured step");
    // Another sequence of operations: that is no failure, and must not be found as one later.
    cudaGetLastError();
  }
  cudaGraphExec_t executable = nullptr;
  Check(cudaGraphInstantiate(&executable, graph, 0), "instantiate a captured step");
  executable_.reset(executable);
}

void StepGraph::Launch(Queue& queue) {
  Check(cudaGraphLaunch(executable_.get(), queue.stream()), "launch a captured step");
}

}  // namespace shortlist::cuda
