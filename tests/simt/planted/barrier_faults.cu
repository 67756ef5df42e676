// Barriers that not every thread of a block reaches, or not at one place.
#include "cuda/kernel_language.h"
#include "simt/planted/fault.h"

namespace shortlist::planted {
namespace {

constexpr int kThreads = 64;

}  // namespace

template <bool kDivergent>
__global__ void MeetAtTwoPlaces(float* out) {
  if (kDivergent && threadIdx.x < 32) {
    __syncthreads();
  } else {
    __syncthreads();
  }
  out[threadIdx.x] = 1.0F;
}

template <bool kEarly>
__global__ void LeaveBeforeBarrier(float* out) {
  if (kEarly && threadIdx.x == 5) return;
  __syncthreads();
  out[threadIdx.x] = 1.0F;
}

// One warp waits for the block, the other for a lane of its own that waits for the block.
template <bool kDeadlock>
__global__ void WaitForEachOther(float* out) {
  if (!kDeadlock || threadIdx.x < 48) __syncthreads();
  __syncwarp();
  if (kDeadlock && threadIdx.x >= 48) __syncthreads();
  out[threadIdx.x] = 1.0F;
}

namespace {

void DivergentBarrier(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? MeetAtTwoPlaces<true> : MeetAtTwoPlaces<false>, out.data());
}

void BarrierAfterExit(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? LeaveBeforeBarrier<true> : LeaveBeforeBarrier<false>, out.data());
}

void Deadlock(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? WaitForEachOther<true> : WaitForEachOther<false>, out.data());
}

}  // namespace

std::vector<Fault> BarrierFaults() {
  return {{"divergent_barrier", Witness::kRuntime, "barrier", DivergentBarrier},
          {"barrier_after_exit", Witness::kRuntime, "barrier", BarrierAfterExit},
          {"deadlock", Witness::kRuntime, "deadlock", Deadlock}};
}

}  // namespace shortlist::planted
