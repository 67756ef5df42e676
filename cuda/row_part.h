// The part of a row of floats that a warp holds in registers. For .cu files.
//
// In pass `column` the warp holds columns [column, column + kColumns) of the row: lane l has the packs of kWidth
// consecutive floats that start at column + (i * 32 + l) * kWidth, so that every access of the warp covers one
// contiguous piece of memory. Columns beyond the row are neither read nor written.
#pragma once

#include <cstdint>

#include "cuda/kernel_language.h"
#include "cuda/vector_access.h"

namespace shortlist::cuda {

// kWidth is 4 (128-bit accesses, all rows aligned to them) or 1 (any row).
template <int kWidth, int kPacks>
struct RowPart {
  static constexpr int kColumns = kWarpSize * kWidth * kPacks;

  float values[kPacks][kWidth];

  __device__ static int OffsetOf(int pack) { return (pack * kWarpSize + threadIdx.x % kWarpSize) * kWidth; }

  // Calls visit(pack, offset) for this lane's packs among the first `columns` columns.
  template <class Visit>
  __device__ static void ForEachPack(std::int64_t columns, Visit visit) {
#pragma unroll
    for (int i = 0; i < kPacks; ++i) {
      if (OffsetOf(i) < columns) visit(i, OffsetOf(i));
    }
  }

  // Calls visit(pack, place in the pack) for this lane's values among the first `columns` columns.
  template <class Visit>
  __device__ static void ForEachValue(std::int64_t columns, Visit visit) {
    ForEachPack(columns, [&](int i, int /*offset*/) {
#pragma unroll
      for (int c = 0; c < kWidth; ++c) visit(i, c);
    });
  }

  __device__ static RowPart Zero() {
    RowPart part;
    ForEachValue(kColumns, [&](int i, int c) { part.values[i][c] = 0; });
    return part;
  }

  // `row` points at the part's first column; `columns` remain of the row from there on. Also for shared memory.
  __device__ static RowPart Load(const float* row, std::int64_t columns) {
    RowPart part = Zero();
    ForEachPack(columns, [&](int i, int offset) { LoadPack(row + offset, part.values[i]); });
    return part;
  }
  __device__ void Store(float* row, std::int64_t columns) const {
    ForEachPack(columns, [&](int i, int offset) { StorePack(values[i], row + offset); });
  }

  __device__ void AddScaled(const RowPart& part, float scale) {
    ForEachValue(kColumns, [&](int i, int c) { values[i][c] = fmaf(scale, part.values[i][c], values[i][c]); });
  }

  // This lane's share.
  __device__ float SquaredNorm() const {
    float sum = 0;
    ForEachValue(kColumns, [&](int i, int c) { sum = fmaf(values[i][c], values[i][c], sum); });
    return sum;
  }

 private:
  __device__ static void LoadPack(const float* source, float (&pack)[kWidth]) {
    if constexpr (kWidth == kVectorWidth) {
      const float4 vector = LoadVector(source);
      pack[0] = vector.x;
      pack[1] = vector.y;
      pack[2] = vector.z;
      pack[3] = vector.w;
    } else {
      pack[0] = *source;
    }
  }
  __device__ static void StorePack(const float (&pack)[kWidth], float* target) {
    if constexpr (kWidth == kVectorWidth) {
      StoreVector(target, make_float4(pack[0], pack[1], pack[2], pack[3]));
    } else {
      *target = pack[0];
    }
  }
};

// Calls launch(RowPart) with the smallest part that holds a row of `columns` floats, or the largest, which then takes
// several passes.
template <class Launch>
void WithRowPart(std::int64_t columns, Access access, Launch launch) {
  if (access == Access::kVectors) {
    if (columns <= RowPart<4, 1>::kColumns) return launch(RowPart<4, 1>());
    return launch(RowPart<4, 2>());
  }
  if (columns <= RowPart<1, 1>::kColumns) return launch(RowPart<1, 1>());
  if (columns <= RowPart<1, 4>::kColumns) return launch(RowPart<1, 4>());
  return launch(RowPart<1, 8>());
}

}  // namespace shortlist::cuda
