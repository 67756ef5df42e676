// 128-bit loads and stores in kernels. One such access per lane is what fills the memory bus best.
#pragma once

#include <cstdint>
#include <initializer_list>

#include "cuda/kernel_language.h"

namespace shortlist::cuda {

inline constexpr int kVectorWidth = 4;

__device__ inline float4 LoadVector(const float* values) {
  return *reinterpret_cast<const float4*>(values);
}

__device__ inline void StoreVector(float* values, float4 vector) {
  *reinterpret_cast<float4*>(values) = vector;
}

enum class Access { kScalars, kVectors };

// kVectors if rows of `columns` floats that start at all these pointers can be read by vectors.
inline Access AccessOf(std::int64_t columns, std::initializer_list<const void*> pointers) {
  bool aligned = columns % kVectorWidth == 0;
  for (const void* pointer : pointers) aligned &= reinterpret_cast<std::uintptr_t>(pointer) % sizeof(float4) == 0;
  return aligned ? Access::kVectors : Access::kScalars;
}

// The same for flat arrays of any size.
inline Access AccessOf(std::initializer_list<const void*> pointers) {
  return AccessOf(0, pointers);
}

}  // namespace shortlist::cuda
