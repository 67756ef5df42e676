#include "simt/runtime/capture.h"

#include <utility>

#include "simt/runtime/stream.h"

namespace shortlist::simt {

Capture::Capture(Stream& origin, cudaStreamCaptureMode mode)
    : origin_(&origin), mode_(mode), thread_(std::this_thread::get_id()) {
  frontiers_[&origin];
}

void Capture::Add(const Stream& stream, Operation operation) {
  Frontier& frontier = frontiers_[const_cast<Stream*>(&stream)];
  frontier = {graph_.Add({std::move(operation), frontier})};
}

void Capture::Join(Stream& stream, const Frontier& frontier) {
  frontiers_[&stream].insert(frontier.begin(), frontier.end());
}

bool Capture::ForbidsUnsafeCalls() const {
  if (mode_ == cudaStreamCaptureModeRelaxed) return false;
  return mode_ == cudaStreamCaptureModeGlobal || thread_ == std::this_thread::get_id();
}

bool Capture::IsJoined() const {
  Frontier reached = frontiers_.at(origin_);
  for (std::size_t i = graph_.nodes().size(); i-- > 0;) {
    if (!reached.contains(i)) return false;
    reached.insert(graph_.nodes()[i].after.begin(), graph_.nodes()[i].after.end());
  }
  return true;
}

cudaError_t Capture::End(Graph& graph) {
  for (const auto& [stream, frontier] : frontiers_) stream->set_capture(nullptr);
  if (!valid_) return cudaErrorStreamCaptureInvalidated;
  if (!IsJoined()) return cudaErrorStreamCaptureUnjoined;
  graph = std::move(graph_);
  return cudaSuccess;
}

}  // namespace shortlist::simt
