// Small programs that each hold one defect, and the same programs without it.
#pragma once

#include <cstddef>
#include <cstdint>
#include <cuda_runtime.h>
#include <functional>
#include <ostream>
#include <string>
#include <vector>

namespace shortlist::planted {

enum class Form { kPlanted, kHealthy };

// What it takes to see a defect.
enum class Witness {
  kRuntime,   // any build of the shim
  kDetector,  // the build whose memory accesses are observed
};

struct Fault {
  std::string name;  // letters, digits and underscores
  Witness witness;
  std::string kind;                    // of the finding that must be reported
  std::function<void(Form form)> run;  // waits for what it launched
};

inline std::ostream& operator<<(std::ostream& stream, const Fault& fault) {
  return stream << fault.name;
}

std::vector<Fault> MemoryFaults();
std::vector<Fault> RaceFaults();
std::vector<Fault> WarpFaults();
std::vector<Fault> BarrierFaults();
std::vector<Fault> LaunchFaults();

class Stream {
 public:
  Stream() { cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking); }
  ~Stream() {
    cudaStreamSynchronize(stream_);
    cudaStreamDestroy(stream_);
  }
  Stream(const Stream&) = delete;
  Stream& operator=(const Stream&) = delete;

  cudaStream_t get() const { return stream_; }

 private:
  cudaStream_t stream_ = nullptr;
};

// An array on the device, freed at the end. Uninitialized, or zero.
template <class T>
class DeviceArray {
 public:
  explicit DeviceArray(std::size_t count) { cudaMalloc(reinterpret_cast<void**>(&data_), count * sizeof(T)); }
  ~DeviceArray() { cudaFree(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  static DeviceArray Zeros(std::size_t count) { return DeviceArray(count, Stream()); }
  T* data() { return data_; }

 private:
  DeviceArray(std::size_t count, const Stream& stream) : DeviceArray(count) {
    cudaMemsetAsync(data_, 0, count * sizeof(T), stream.get());
    cudaStreamSynchronize(stream.get());
  }

  T* data_ = nullptr;
};

// Queues the kernel on the stream.
template <class... P, class... A>
cudaError_t Start(const Stream& stream, int blocks, int threads, void (*kernel)(P...), A... arguments) {
  cudaLaunchConfig_t config{};
  config.gridDim = dim3(static_cast<unsigned>(blocks));
  config.blockDim = dim3(static_cast<unsigned>(threads));
  config.stream = stream.get();
  return cudaLaunchKernelEx(&config, kernel, arguments...);
}

// Runs the kernel to its end.
template <class... P, class... A>
void Run(int blocks, int threads, void (*kernel)(P...), A... arguments) {
  const Stream stream;
  Start(stream, blocks, threads, kernel, arguments...);
}

}  // namespace shortlist::planted
