// The kernel behind elementwise operations: target[i] = rule(sources[i]...), where a source may be the
// target itself. For .cu files.
//
// Shapes: all arrays [size]. Mapping: one thread per 4 consecutive values, as one 128-bit access where all arrays are
// aligned to it. Deterministic: every value on its own.
#pragma once

#include <cstdint>
#include <string_view>

#include "cuda/launch.h"
#include "cuda/queue.h"
#include "cuda/vector_access.h"

namespace shortlist::cuda {

inline constexpr int kElementwiseThreads = 256;

template <class Rule, class... Vectors>
__device__ float4 ApplyToVectors(const Rule& rule, Vectors... vectors) {
  return make_float4(rule(vectors.x...), rule(vectors.y...), rule(vectors.z...), rule(vectors.w...));
}

// `Sources` are const float*.
template <class Rule, class... Sources>
__global__ void __launch_bounds__(kElementwiseThreads)
    ElementwiseKernel(Rule rule, Access access, std::int64_t size, float* target, Sources... sources) {
  const std::int64_t first = (std::int64_t{blockIdx.x} * kElementwiseThreads + threadIdx.x) * kVectorWidth;
  if (access == Access::kVectors && first + kVectorWidth <= size) {
    StoreVector(target + first, ApplyToVectors(rule, LoadVector(sources + first)...));
    return;
  }
  for (std::int64_t i = first; i < first + kVectorWidth && i < size; ++i) target[i] = rule(sources[i]...);
}

template <class Rule, class... Sources>
void Elementwise(Queue& queue, std::string_view operation, Rule rule, std::int64_t size, float* target,
                 Sources... sources) {
  const Access access = AccessOf({target, sources...});
  Launch(operation, {BlocksFor(size, kElementwiseThreads * kVectorWidth), kElementwiseThreads}, queue.stream(),
         ElementwiseKernel<Rule, Sources...>, rule, access, size, target, sources...);
}

}  // namespace shortlist::cuda
