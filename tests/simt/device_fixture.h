// A stream, arrays on the device and launches for the runtime's own tests.
#pragma once

#include <cuda_runtime.h>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simt/runtime/machine.h"

namespace shortlist::simt {

template <class T>
class DeviceArray {
 public:
  DeviceArray(cudaStream_t stream, const std::vector<T>& values) : stream_(stream), size_(values.size()) {
    void* memory = nullptr;
    EXPECT_EQ(cudaMalloc(&memory, size_ * sizeof(T)), cudaSuccess);
    data_ = static_cast<T*>(memory);
    EXPECT_EQ(cudaMemcpyAsync(data_, values.data(), size_ * sizeof(T), cudaMemcpyHostToDevice, stream), cudaSuccess);
  }
  ~DeviceArray() { cudaFree(data_); }
  DeviceArray(const DeviceArray&) = delete;
  DeviceArray& operator=(const DeviceArray&) = delete;

  T* data() { return data_; }
  std::vector<T> Read() const {
    std::vector<T> values(size_);
    EXPECT_EQ(cudaMemcpyAsync(values.data(), data_, size_ * sizeof(T), cudaMemcpyDeviceToHost, stream_), cudaSuccess);
    return values;
  }

 private:
  cudaStream_t stream_;
  std::size_t size_;
  T* data_ = nullptr;
};

// Every test has a machine that was left alone, and a stream.
class DeviceTest : public ::testing::Test {
 protected:
  DeviceTest() { EXPECT_EQ(cudaStreamCreateWithFlags(&stream_, cudaStreamNonBlocking), cudaSuccess); }
  ~DeviceTest() override {
    for (int device = 0; device < Machine::kMostDevices; ++device) TheMachine().device(device).Recover();
    TheMachine().set_schedule({});
    TheMachine().set_device_count(Machine::kMostDevices);
    cudaSetDevice(0);
    cudaStreamDestroy(stream_);
    cudaGetLastError();
  }

  template <class... P, class... A>
  cudaError_t TryLaunch(dim3 blocks, dim3 threads, std::size_t shared_bytes, void (*kernel)(P...), A&&... arguments) {
    cudaLaunchConfig_t config{};
    config.gridDim = blocks;
    config.blockDim = threads;
    config.dynamicSmemBytes = shared_bytes;
    config.stream = stream_;
    return cudaLaunchKernelEx(&config, kernel, std::forward<A>(arguments)...);
  }
  template <class... P, class... A>
  void Launch(dim3 blocks, dim3 threads, void (*kernel)(P...), A&&... arguments) {
    ASSERT_EQ(TryLaunch(blocks, threads, 0, kernel, std::forward<A>(arguments)...), cudaSuccess);
  }
  template <class T>
  DeviceArray<T> Array(std::vector<T> values) {
    return DeviceArray<T>(stream_, values);
  }
  // The reports so far, of which the test thereby knows.
  static std::vector<std::string> TakeReports() { return TheMachine().reports().Take(); }

  cudaStream_t stream_ = nullptr;
};

}  // namespace shortlist::simt
