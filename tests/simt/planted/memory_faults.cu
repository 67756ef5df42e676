// Accesses outside of memory, of the wrong side's memory, and of memory that holds nothing.
#include "cuda/kernel_language.h"
#include "simt/planted/fault.h"

namespace shortlist::planted {
namespace {

constexpr int kThreads = 32;

}  // namespace

__global__ void WriteOnes(float* out) {
  out[threadIdx.x] = 1.0F;
}

__global__ void CopyValues(const float* in, float* out) {
  out[threadIdx.x] = in[threadIdx.x];
}

__global__ void CopyVectors(const float* in, float4* out) {
  const float4 value = reinterpret_cast<const float4*>(in)[threadIdx.x];
  out[threadIdx.x] = value;
}

template <int kSize>
__global__ void WriteSharedAndRead(float* out) {
  SHORTLIST_SHARED(float, values, kSize);
  values[threadIdx.x] = 1.0F;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x];
}

template <int kWritten>
__global__ void ReadSharedWrittenBy(float* out) {
  SHORTLIST_SHARED(float, values, kThreads);
  if (threadIdx.x < kWritten) values[threadIdx.x] = 1.0F;
  __syncthreads();
  out[threadIdx.x] = values[threadIdx.x];
}

namespace {

void WriteBehindTheEnd(Form form) {
  auto out = DeviceArray<float>::Zeros(form == Form::kPlanted ? kThreads - 1 : kThreads);
  Run(1, kThreads, WriteOnes, out.data());
}

void ReadBeforeTheBeginning(Form form) {
  auto in = DeviceArray<float>::Zeros(kThreads);
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, CopyValues, static_cast<const float*>(in.data() - (form == Form::kPlanted ? 1 : 0)), out.data());
}

void SharedBehindTheEnd(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? WriteSharedAndRead<kThreads - 1> : WriteSharedAndRead<kThreads>,
      out.data());
}

void ReadUnwritten(Form form) {
  auto in = form == Form::kPlanted ? DeviceArray<float>(kThreads) : DeviceArray<float>::Zeros(kThreads);
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, CopyValues, static_cast<const float*>(in.data()), out.data());
}

void ReadUnwrittenShared(Form form) {
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, form == Form::kPlanted ? ReadSharedWrittenBy<kThreads - 1> : ReadSharedWrittenBy<kThreads>,
      out.data());
}

void CopyUnwritten(Form form) {
  auto in = form == Form::kPlanted ? DeviceArray<float>(kThreads) : DeviceArray<float>::Zeros(kThreads);
  std::vector<float> out(kThreads);
  const Stream stream;
  cudaMemcpyAsync(out.data(), in.data(), kThreads * sizeof(float), cudaMemcpyDeviceToHost, stream.get());
}

void HostPointerInKernel(Form form) {
  const std::vector<float> host(kThreads);
  auto in = DeviceArray<float>::Zeros(kThreads);
  auto out = DeviceArray<float>::Zeros(kThreads);
  Run(1, kThreads, CopyValues, form == Form::kPlanted ? host.data() : in.data(), out.data());
}

void DevicePointerInHostCode(Form form) {
  std::vector<float> host(kThreads);
  auto device = DeviceArray<float>::Zeros(kThreads);
  volatile float* const target = form == Form::kPlanted ? device.data() : host.data();
  *target = 1.0F;
}

void HostPointerInCopy(Form form) {
  std::vector<float> host(kThreads);
  auto in = DeviceArray<float>::Zeros(kThreads);
  auto out = DeviceArray<float>::Zeros(kThreads);
  const Stream stream;
  cudaMemcpyAsync(out.data(), form == Form::kPlanted ? host.data() : in.data(), kThreads * sizeof(float),
                  cudaMemcpyDeviceToDevice, stream.get());
}

void CopyBehindTheEnd(Form form) {
  const std::vector<float> host(kThreads + 1);
  auto out = DeviceArray<float>::Zeros(kThreads);
  const std::size_t count = form == Form::kPlanted ? kThreads + 1 : kThreads;
  const Stream stream;
  cudaMemcpyAsync(out.data(), host.data(), count * sizeof(float), cudaMemcpyHostToDevice, stream.get());
}

void MisalignedVector(Form form) {
  auto in = DeviceArray<float>::Zeros(4 * kThreads + 1);
  auto out = DeviceArray<float4>::Zeros(kThreads);
  Run(1, kThreads, CopyVectors, static_cast<const float*>(in.data() + (form == Form::kPlanted ? 1 : 0)), out.data());
}

void UseAfterFree(Form form) {
  float* data = nullptr;
  cudaMalloc(reinterpret_cast<void**>(&data), kThreads * sizeof(float));
  if (form == Form::kPlanted) cudaFree(data);
  Run(1, kThreads, WriteOnes, data);
  if (form == Form::kHealthy) cudaFree(data);
}

void FreeTwice(Form form) {
  float* data = nullptr;
  cudaMalloc(reinterpret_cast<void**>(&data), kThreads * sizeof(float));
  cudaFree(data);
  if (form == Form::kPlanted) cudaFree(data);
}

}  // namespace

std::vector<Fault> MemoryFaults() {
  return {{"write_behind_the_end", Witness::kDetector, "out-of-bounds", WriteBehindTheEnd},
          {"read_before_the_beginning", Witness::kDetector, "out-of-bounds", ReadBeforeTheBeginning},
          {"shared_behind_the_end", Witness::kDetector, "out-of-bounds", SharedBehindTheEnd},
          {"read_of_unwritten", Witness::kDetector, "uninitialized-read", ReadUnwritten},
          {"read_of_unwritten_shared", Witness::kDetector, "uninitialized-read", ReadUnwrittenShared},
          {"copy_of_unwritten", Witness::kDetector, "uninitialized-read", CopyUnwritten},
          {"host_pointer_in_kernel", Witness::kDetector, "host-memory", HostPointerInKernel},
          {"device_pointer_in_host_code", Witness::kDetector, "device-memory", DevicePointerInHostCode},
          {"host_pointer_in_copy", Witness::kRuntime, "memory", HostPointerInCopy},
          {"copy_behind_the_end", Witness::kRuntime, "memory", CopyBehindTheEnd},
          {"misaligned_vector", Witness::kDetector, "misaligned", MisalignedVector},
          {"use_after_free", Witness::kDetector, "use-after-free", UseAfterFree},
          {"free_twice", Witness::kRuntime, "memory", FreeTwice}};
}

}  // namespace shortlist::planted
