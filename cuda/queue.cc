#include "cuda/queue.h"

#include "cuda/check.h"

namespace shortlist::cuda {
namespace {

Stream MakeStreamOn(int device) {
  Check(cudaSetDevice(device), "select the device");
  return MakeStream();
}

}  // namespace

Queue::Queue(int device, Precision precision)
    : device_(device), stream_(MakeStreamOn(device)), gemm_plans_(precision) {}

// What fails now has been reported, or can be of no interest to anybody.
Queue::~Queue() {
  cudaSetDevice(device_);
  cudaStreamSynchronize(stream_.get());
}

void Queue::Select() const {
  Check(cudaSetDevice(device_), "select the device");
}

void Queue::Begin(const WorkspaceUser& user) {
  Select();
  workspace_.Reset(user);
}

void Queue::Synchronize() {
  Check(cudaStreamSynchronize(stream_.get()), "wait for the device");
}

}  // namespace shortlist::cuda
