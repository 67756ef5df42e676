// Accesses to one place that nothing orders.
#include "cuda/kernel_language.h"
#include "simt/planted/fault.h"

namespace shortlist::planted {
namespace {

constexpr int kThreads = 64;

enum class Between { kNothing, kWarpBarrier, kBlockBarrier, kShuffle };

template <Between kBetween>
__device__ void Separate() {
  if constexpr (kBetween == Between::kWarpBarrier) __syncwarp();
  if constexpr (kBetween == Between::kBlockBarrier) __syncthreads();
  if constexpr (kBetween == Between::kShuffle) __shfl_sync(0xFFFFFFFFU, 0, 0);
}

}  // namespace

// Each thread writes its place and reads that of the thread `distance` away.
template <Between kBetween>
__global__ void ExchangeThroughShared(float* out, int distance) {
  SHORTLIST_SHARED(float, values, kThreads);
  values[threadIdx.x] = 1.0F;
  Separate<kBetween>();
  out[threadIdx.x] = values[(threadIdx.x + static_cast<unsigned>(distance)) % kThreads];
}

template <Between kBetween>
__global__ void ExchangeThroughGlobal(float* values, float* out) {
  values[threadIdx.x] = 1.0F;
  Separate<kBetween>();
  out[threadIdx.x] = values[threadIdx.x ^ 1U];
}

// A buffer used twice: the second write may overtake reads of the first value.
template <Between kBetween>
__global__ void ReuseShared(float* out) {
  SHORTLIST_SHARED(float, value, 1);
  float sum = 0;
  for (int round = 0; round < 2; ++round) {
    if (threadIdx.x == 0) value[0] = 1.0F;
    __syncthreads();
    sum += value[0];
    Separate<kBetween>();
  }
  out[threadIdx.x] = sum;
}

template <bool kAtomic>
__global__ void Count(float* counter) {
  if (threadIdx.x != 0) return;
  if constexpr (kAtomic) {
    atomicAdd(counter, 1.0F);
  } else {
    counter[0] += 1.0F;
  }
}

template <bool kAtomic>
__global__ void AddOrStore(float* counter) {
  if (threadIdx.x == 0 && !kAtomic) {
    counter[0] = 1.0F;
  } else {
    atomicAdd(counter, 1.0F);
  }
}

__global__ void Fill(float* values, float value) {
  values[threadIdx.x] = value;
}

namespace {

void MissingBlockBarrier(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads,
      form == Form::kPlanted ? ExchangeThroughShared<Between::kNothing> : ExchangeThroughShared<Between::kBlockBarrier>,
      out.data(), 32);
}

void WarpBarrierForBlockBarrier(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads,
      form == Form::kPlanted ? ExchangeThroughShared<Between::kWarpBarrier>
                             : ExchangeThroughShared<Between::kBlockBarrier>,
      out.data(), 1);
}

void MissingWarpBarrier(Form form) {
  auto values = DeviceArray<float>::Zeros(kThreads);
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads,
      form == Form::kPlanted ? ExchangeThroughGlobal<Between::kNothing> : ExchangeThroughGlobal<Between::kWarpBarrier>,
      values.data(), out.data());
}

void ShuffleForWarpBarrier(Form form) {
  auto values = DeviceArray<float>::Zeros(kThreads);
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads,
      form == Form::kPlanted ? ExchangeThroughGlobal<Between::kShuffle> : ExchangeThroughGlobal<Between::kWarpBarrier>,
      values.data(), out.data());
}

void MissingBarrierBeforeReuse(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? ReuseShared<Between::kNothing> : ReuseShared<Between::kBlockBarrier>,
      out.data());
}

void BlocksWriteOnePlace(Form form) {
  auto counter = DeviceArray<float>::Zeros(1);
  Run(4, kThreads, form == Form::kPlanted ? Count<false> : Count<true>, counter.data());
}

void AtomicAndPlain(Form form) {
  auto counter = DeviceArray<float>::Zeros(1);
  Run(1, kThreads, form == Form::kPlanted ? AddOrStore<false> : AddOrStore<true>, counter.data());
}

void StreamsWithoutEvent(Form form) {
  auto values = DeviceArray<float>::Zeros(kThreads);
  const Stream first;
  const Stream second;
  cudaEvent_t done = nullptr;
  cudaEventCreateWithFlags(&done, cudaEventDisableTiming);
  Start(first, 1, kThreads, Fill, values.data(), 1.0F);
  cudaEventRecord(done, first.get());
  if (form == Form::kHealthy) cudaStreamWaitEvent(second.get(), done, 0);
  Start(second, 1, kThreads, Fill, values.data(), 2.0F);
  cudaDeviceSynchronize();
  cudaEventDestroy(done);
}

void EventRecordedTooEarly(Form form) {
  auto values = DeviceArray<float>::Zeros(kThreads);
  const Stream first;
  const Stream second;
  cudaEvent_t done = nullptr;
  cudaEventCreateWithFlags(&done, cudaEventDisableTiming);
  if (form == Form::kPlanted) cudaEventRecord(done, first.get());
  Start(first, 1, kThreads, Fill, values.data(), 1.0F);
  if (form == Form::kHealthy) cudaEventRecord(done, first.get());
  cudaStreamWaitEvent(second.get(), done, 0);
  Start(second, 1, kThreads, Fill, values.data(), 2.0F);
  cudaDeviceSynchronize();
  cudaEventDestroy(done);
}

void CopyOvertakesKernel(Form form) {
  auto values = DeviceArray<float>::Zeros(kThreads);
  std::vector<float> host(kThreads);
  const Stream first;
  const Stream second;
  Start(first, 1, kThreads, Fill, values.data(), 1.0F);
  if (form == Form::kHealthy) cudaStreamSynchronize(first.get());
  cudaMemcpyAsync(host.data(), values.data(), kThreads * sizeof(float), cudaMemcpyDeviceToHost, second.get());
  cudaStreamSynchronize(second.get());
}

}  // namespace

std::vector<Fault> RaceFaults() {
  return {{"missing_block_barrier", Witness::kDetector, "race", MissingBlockBarrier},
          {"warp_barrier_for_block_barrier", Witness::kDetector, "race", WarpBarrierForBlockBarrier},
          {"missing_warp_barrier", Witness::kDetector, "race", MissingWarpBarrier},
          {"shuffle_for_warp_barrier", Witness::kDetector, "race", ShuffleForWarpBarrier},
          {"missing_barrier_before_reuse", Witness::kDetector, "race", MissingBarrierBeforeReuse},
          {"blocks_write_one_place", Witness::kDetector, "race", BlocksWriteOnePlace},
          {"atomic_and_plain", Witness::kDetector, "race", AtomicAndPlain},
          {"streams_without_event", Witness::kDetector, "race", StreamsWithoutEvent},
          {"event_recorded_too_early", Witness::kDetector, "race", EventRecordedTooEarly},
          {"copy_overtakes_kernel", Witness::kDetector, "race", CopyOvertakesKernel}};
}

}  // namespace shortlist::planted
