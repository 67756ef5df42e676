#include "cuda/queue.h"

#include "cuda/check.h"

namespace shortlist::cuda {
namespace {

cudaStream_t MakeStream(int device) {
  Check(cudaSetDevice(device), "select the device");
  cudaStream_t stream = nullptr;
  Check(cudaStreamCreateWithFlags(&stream, cudaStreamNonBlocking), "create a stream");
  return stream;
}

}  // namespace

Queue::Queue(int device, tensor::Precision precision)
    : device_(device), stream_(MakeStream(device)), gemm_plans_(precision) {}

// Work that is still queued may use the workspace.
Queue::~Queue() {
  cudaSetDevice(device_);
  cudaStreamSynchronize(stream_);
  cudaStreamDestroy(stream_);
}

void Queue::Begin() {
  Check(cudaSetDevice(device_), "select the device");
  workspace_.Reset();
}

void Queue::Synchronize() {
  Check(cudaStreamSynchronize(stream_), "wait for the device");
}

}  // namespace shortlist::cuda
