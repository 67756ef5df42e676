// cudaLaunchKernelEx for kernels built by the host compiler.
#pragma once

#include <cstddef>
#include <driver_types.h>
#include <memory>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

#include "simt/device/kernel_thread.h"

namespace shortlist::simt {

// A kernel with its arguments, run once by every thread.
class KernelBody {
 public:
  virtual ~KernelBody() = default;
  virtual void Run() const = 0;
};

template <class... Parameters>
class KernelCall final : public KernelBody {
 public:
  using ArgumentTuple = std::tuple<std::decay_t<Parameters>...>;
  KernelCall(void (*kernel)(Parameters...), ArgumentTuple arguments)
      : kernel_(kernel), arguments_(std::move(arguments)) {}
  SIMT_UNOBSERVED void Run() const override { Run(std::index_sequence_for<Parameters...>()); }

 private:
  template <std::size_t... Positions>
  SIMT_UNOBSERVED void Run(std::index_sequence<Positions...>) const {
    current_kernel_thread->in_kernel = true;
    kernel_(std::get<Positions>(arguments_)...);
  }

  void (*kernel_)(Parameters...);
  ArgumentTuple arguments_;
};

struct KernelLaunch {
  const void* function = nullptr;
  dim3 blocks;
  dim3 threads;
  std::size_t dynamic_shared_bytes = 0;
  std::shared_ptr<const KernelBody> body;
  std::vector<std::byte> parameters;  // one behind the other, each at its alignment, as PTX lays them out
};

template <class T>
void AppendParameter(const T& value, std::vector<std::byte>& parameters) {
  static_assert(std::is_trivially_copyable_v<T>, "a kernel's parameters are copied byte by byte");
  parameters.resize((parameters.size() + alignof(T) - 1) / alignof(T) * alignof(T));
  const auto* bytes = reinterpret_cast<const std::byte*>(&value);
  parameters.insert(parameters.end(), bytes, bytes + sizeof(T));
}

// Checks the shape against the device's limits and queues the launch on its stream.
cudaError_t QueueLaunch(const cudaLaunchConfig_t& config, KernelLaunch launch);
cudaError_t SetFunctionAttribute(const void* function, cudaFuncAttribute attribute, int value);

}  // namespace shortlist::simt

template <class... Parameters, class... Arguments>
cudaError_t cudaLaunchKernelEx(const cudaLaunchConfig_t* config, void (*kernel)(Parameters...),
                               Arguments&&... arguments) {
  using Call = shortlist::simt::KernelCall<Parameters...>;
  typename Call::ArgumentTuple values(std::forward<Arguments>(arguments)...);
  shortlist::simt::KernelLaunch launch;
  std::apply([&](const auto&... value) { (shortlist::simt::AppendParameter(value, launch.parameters), ...); }, values);
  launch.function = reinterpret_cast<const void*>(kernel);
  launch.blocks = config->gridDim;
  launch.threads = config->blockDim;
  launch.dynamic_shared_bytes = config->dynamicSmemBytes;
  launch.body = std::make_shared<Call>(kernel, std::move(values));
  return shortlist::simt::QueueLaunch(*config, std::move(launch));
}

template <class... Parameters>
cudaError_t cudaFuncSetAttribute(void (*kernel)(Parameters...), cudaFuncAttribute attribute, int value) {
  return shortlist::simt::SetFunctionAttribute(reinterpret_cast<const void*>(kernel), attribute, value);
}
