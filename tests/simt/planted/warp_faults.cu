// Warp operations whose lanes do not agree on who takes part, or in what.
#include "cuda/kernel_language.h"
#include "simt/planted/fault.h"

namespace shortlist::planted {
namespace {

constexpr int kThreads = 32;
constexpr unsigned kLowerHalf = 0x0000FFFFU;

}  // namespace

template <bool kDiverged>
__global__ void ShuffleInBranch(int* out) {
  if (kDiverged && threadIdx.x >= 16) return;
  out[threadIdx.x] = __shfl_xor_sync(cuda::kFullWarp, static_cast<int>(threadIdx.x), 1);
}

// The source lane is outside of the mask.
template <int kSource>
__global__ void ShuffleFrom(int* out) {
  if (threadIdx.x >= 16) return;
  out[threadIdx.x] = __shfl_sync(kLowerHalf, static_cast<int>(threadIdx.x), kSource);
}

template <bool kForeign>
__global__ void VoteWithMask(unsigned* out) {
  const bool upper = threadIdx.x >= 16;
  const unsigned mask = upper != kForeign ? ~kLowerHalf : kLowerHalf;
  out[threadIdx.x] = __ballot_sync(mask, 1);
}

template <bool kDifferent>
__global__ void MeetInOperation(int* out) {
  const int lane = static_cast<int>(threadIdx.x);
  if (kDifferent && lane >= 16) {
    out[lane] = __shfl_down_sync(cuda::kFullWarp, lane, 1);
  } else {
    out[lane] = __shfl_xor_sync(cuda::kFullWarp, lane, 1);
  }
}

namespace {

void FullMaskInBranch(Form form) {
  auto out = DeviceArray<int>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? ShuffleInBranch<true> : ShuffleInBranch<false>, out.data());
}

void ShuffleFromInactiveLane(Form form) {
  auto out = DeviceArray<int>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? ShuffleFrom<20> : ShuffleFrom<10>, out.data());
}

void LaneOutsideItsMask(Form form) {
  auto out = DeviceArray<unsigned>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? VoteWithMask<true> : VoteWithMask<false>, out.data());
}

void DifferentOperations(Form form) {
  auto out = DeviceArray<int>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? MeetInOperation<true> : MeetInOperation<false>, out.data());
}

}  // namespace

std::vector<Fault> WarpFaults() {
  return {{"full_mask_in_branch", Witness::kRuntime, "warp", FullMaskInBranch},
          {"shuffle_from_inactive_lane", Witness::kRuntime, "warp", ShuffleFromInactiveLane},
          {"lane_outside_its_mask", Witness::kRuntime, "warp", LaneOutsideItsMask},
          {"different_operations", Witness::kRuntime, "warp", DifferentOperations}};
}

}  // namespace shortlist::planted
