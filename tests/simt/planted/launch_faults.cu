// Launches and calls that the device refuses. They are seen by the error that the call returns.
#include "cuda/kernel_language.h"
#include "simt/planted/fault.h"

namespace shortlist::planted {
namespace {

constexpr int kThreads = 32;
constexpr std::size_t kMoreThanByDefault = 60'000;
constexpr int kMoreThanABlockHas = 227 * 1024 / sizeof(float) + 1;

}  // namespace

__global__ void FillDynamicShared(float* out) {
  SHORTLIST_DYNAMIC_SHARED(float, values);
  values[threadIdx.x] = 1.0F;
  out[threadIdx.x] = values[threadIdx.x];
}

template <int kSize>
__global__ void FillStaticShared(float* out) {
  SHORTLIST_SHARED(float, values, kSize);
  values[threadIdx.x] = 1.0F;
  out[threadIdx.x] = values[threadIdx.x];
}

__global__ void FillByPlace(float* out) {
  out[threadIdx.x] = 1.0F;
}

namespace {

void OversizedDynamicShared(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  const Stream stream;
  if (form == Form::kHealthy) {
    cudaFuncSetAttribute(FillDynamicShared, cudaFuncAttributeMaxDynamicSharedMemorySize, kMoreThanByDefault);
  }
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(1);
  config.blockDim = dim3(kThreads);
  config.dynamicSmemBytes = kMoreThanByDefault;
  config.stream = stream.get();
  cudaLaunchKernelEx(&config, FillDynamicShared, out.data());
}

void OversizedStaticShared(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? FillStaticShared<kMoreThanABlockHas> : FillStaticShared<kThreads>,
      out.data());
}

void TooManyThreads(Form form) {
  const int threads = form == Form::kPlanted ? 1025 : 1024;
  auto out = DeviceArray<float>::Zeros(1025);
  Run(1, threads, FillByPlace, out.data());
}

// Captures a kernel and, in the planted form, a call that cannot be captured.
void CaptureWith(Form form, const std::function<void(const Stream&)>& call) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  const Stream stream;
  cudaStreamBeginCapture(stream.get(), cudaStreamCaptureModeThreadLocal);
  Start(stream, 1, kThreads, FillByPlace, out.data());
  if (form == Form::kPlanted) call(stream);
  cudaGraph_t graph = nullptr;
  cudaStreamEndCapture(stream.get(), &graph);
  if (graph != nullptr) cudaGraphDestroy(graph);
}

void SynchronizationDuringCapture(Form form) {
  CaptureWith(form, [](const Stream& stream) { cudaStreamSynchronize(stream.get()); });
}

void AllocationDuringCapture(Form form) {
  CaptureWith(form, [](const Stream& /*stream*/) { DeviceArray<float> array(1); });
}

}  // namespace

std::vector<Fault> LaunchFaults() {
  return {
      {"oversized_dynamic_shared", Witness::kRuntime, cudaGetErrorName(cudaErrorInvalidValue), OversizedDynamicShared},
      {"oversized_static_shared", Witness::kRuntime, "shared memory", OversizedStaticShared},
      {"too_many_threads", Witness::kRuntime, cudaGetErrorName(cudaErrorInvalidConfiguration), TooManyThreads},
      {"synchronization_during_capture", Witness::kRuntime, cudaGetErrorName(cudaErrorStreamCaptureInvalidated),
       SynchronizationDuringCapture},
      {"allocation_during_capture", Witness::kRuntime, cudaGetErrorName(cudaErrorStreamCaptureInvalidated),
       AllocationDuringCapture}};
}

}  // namespace shortlist::planted
