#include "tensor/cpu/row_arithmetic.h"

#include <algorithm>
#include <cstring>

// clang-format off
#undef HWY_TARGET_INCLUDE
#define HWY_TARGET_INCLUDE "tensor/cpu/row_arithmetic.cc"
#include "tensor/cpu/simd.h"
#include <hwy/foreach_target.h>
#include <hwy/cache_control.h>
#include <hwy/highway.h>
#include "tensor/cpu/simd_inl.h"
// clang-format on

HWY_BEFORE_NAMESPACE();
namespace shortlist::tensor::cpu::HWY_NAMESPACE {

// Far enough ahead to hide a cache miss behind the sums of the rows between.
constexpr std::int64_t kRowsAhead = 8;
constexpr std::int64_t kFloatsPerLine = 16;

HWY_INLINE void FetchLines(const float* values, std::int64_t size) {
  for (std::int64_t i = 0; i < size; i += kFloatsPerLine) hwy::Prefetch(values + i);
}

// The sums of kVectors vectors of columns stay in registers over all rows.
template <int kVectors, class D>
HWY_INLINE void AddColumns(D d, const WeightedRow* rows, std::int64_t count, std::int64_t readable, std::int64_t column,
                           float* out) {
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  hn::Vec<D> sums[kVectors];
  for (int v = 0; v < kVectors; ++v) sums[v] = hn::LoadU(d, out + column + v * lanes);
  for (std::int64_t i = 0; i < count; ++i) {
    if (i + kRowsAhead < readable) FetchLines(rows[i + kRowsAhead].values + column, kVectors * lanes);
    const float* values = rows[i].values + column;
    const auto weight = hn::Set(d, rows[i].weight);
    for (int v = 0; v < kVectors; ++v) sums[v] = hn::MulAdd(weight, hn::LoadU(d, values + v * lanes), sums[v]);
  }
  for (int v = 0; v < kVectors; ++v) hn::StoreU(sums[v], d, out + column + v * lanes);
}

void AddWeightedRows(const WeightedRow* rows, std::int64_t count, std::int64_t readable, std::int64_t columns,
                     float* out) {
  const hn::ScalableTag<float> full;
  const hn::CappedTag<float, 1> single;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(full));
  std::int64_t column = 0;
  for (; column + 8 * lanes <= columns; column += 8 * lanes) AddColumns<8>(full, rows, count, readable, column, out);
  for (; column + 4 * lanes <= columns; column += 4 * lanes) AddColumns<4>(full, rows, count, readable, column, out);
  for (; column + lanes <= columns; column += lanes) AddColumns<1>(full, rows, count, readable, column, out);
  for (; column < columns; ++column) AddColumns<1>(single, rows, count, readable, column, out);
}

float Dot(const float* a, const float* b, std::int64_t size) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  auto sum0 = hn::Zero(d);
  auto sum1 = hn::Zero(d);
  std::int64_t i = 0;
  for (; i + 2 * lanes <= size; i += 2 * lanes) {
    sum0 = hn::MulAdd(hn::LoadU(d, a + i), hn::LoadU(d, b + i), sum0);
    sum1 = hn::MulAdd(hn::LoadU(d, a + i + lanes), hn::LoadU(d, b + i + lanes), sum1);
  }
  float sum = hn::GetLane(hn::SumOfLanes(d, hn::Add(sum0, sum1)));
  for (; i < size; ++i) sum += a[i] * b[i];
  return sum;
}

// Rows whose inner products are summed at a time, so that the multipliers are busy while each sum waits for its own
// last addition.
constexpr std::int64_t kRowsTogether = 4;

#if HWY_TARGET == HWY_SCALAR
template <class D>
HWY_INLINE void SumLanes(D /*d*/, const hn::Vec<D>* sums, float* out) {
  for (int r = 0; r < kRowsTogether; ++r) out[r] = hn::GetLane(sums[r]);
}
#else
template <class D>
HWY_INLINE auto SumOfBlocks(D /*d*/, hn::Vec<D> values) {
  if constexpr (hn::MaxLanes(D()) > 4) {
    const hn::Half<D> half;
    return SumOfBlocks(half, hn::Add(hn::LowerHalf(half, values), hn::UpperHalf(half, values)));
  } else {
    return values;
  }
}

// out[r] = the sum of all lanes of sums[r]: interleaving rows lets one addition serve several of them.
template <class D>
HWY_INLINE void SumLanes(D d, const hn::Vec<D>* sums, float* out) {
  const hn::Repartition<std::uint64_t, D> pairs;
  const auto first = hn::Add(hn::InterleaveLower(d, sums[0], sums[1]), hn::InterleaveUpper(d, sums[0], sums[1]));
  const auto last = hn::Add(hn::InterleaveLower(d, sums[2], sums[3]), hn::InterleaveUpper(d, sums[2], sums[3]));
  const auto lower = hn::InterleaveLower(pairs, hn::BitCast(pairs, first), hn::BitCast(pairs, last));
  const auto upper = hn::InterleaveUpper(pairs, hn::BitCast(pairs, first), hn::BitCast(pairs, last));
  const auto blocks = SumOfBlocks(d, hn::Add(hn::BitCast(d, lower), hn::BitCast(d, upper)));
  hn::StoreU(blocks, hn::FixedTag<float, 4>(), out);
}
#endif

struct FloatRows {
  template <class D>
  HWY_INLINE hn::Vec<D> LoadVector(D d, const void* row, std::int64_t i) const {
    return hn::LoadU(d, static_cast<const float*>(row) + i);
  }

  HWY_INLINE float Load(const void* row, std::int64_t i) const {
    float value;
    std::memcpy(&value, static_cast<const float*>(row) + i, sizeof(value));
    return value;
  }
};

struct ByteRows {
  template <class D>
  HWY_INLINE hn::Vec<D> LoadVector(D d, const void* row, std::int64_t i) const {
    const hn::Rebind<std::uint8_t, D> bytes;
    const hn::Rebind<std::int32_t, D> integers;
    const auto values = hn::LoadU(bytes, static_cast<const std::uint8_t*>(row) + i);
    return hn::MulAdd(hn::LoadU(d, scale.step + i), hn::ConvertTo(d, hn::PromoteTo(integers, values)),
                      hn::LoadU(d, scale.base + i));
  }

  HWY_INLINE float Load(const void* row, std::int64_t i) const {
    return scale.base[i] + scale.step[i] * static_cast<float>(static_cast<const std::uint8_t*>(row)[i]);
  }

  ByteScale scale;
};

template <class Rows>
HWY_INLINE void DotRowsTogether(const float* values, Rows kind, const void* const* rows, std::int64_t size,
                                float* out) {
  const hn::ScalableTag<float> d;
  const auto lanes = static_cast<std::int64_t>(hn::Lanes(d));
  hn::Vec<decltype(d)> sums[kRowsTogether];
  for (auto& sum : sums) sum = hn::Zero(d);
  std::int64_t i = 0;
  for (; i + lanes <= size; i += lanes) {
    const auto factor = hn::LoadU(d, values + i);
    for (int r = 0; r < kRowsTogether; ++r) sums[r] = hn::MulAdd(factor, kind.LoadVector(d, rows[r], i), sums[r]);
  }
  SumLanes(d, sums, out);
  for (; i < size; ++i) {
    for (int r = 0; r < kRowsTogether; ++r) out[r] += values[i] * kind.Load(rows[r], i);
  }
}

// The last rows are filled up with the very last one, so that each is summed as all others are.
template <class Rows>
HWY_INLINE void DotAllRows(const float* values, Rows kind, const void* const* rows, std::int64_t count,
                           std::int64_t size, float* out) {
  for (std::int64_t row = 0; row < count; row += kRowsTogether) {
    const void* together[kRowsTogether];
    float products[kRowsTogether];
    for (int r = 0; r < kRowsTogether; ++r) together[r] = rows[std::min(row + r, count - 1)];
    DotRowsTogether(values, kind, together, size, products);
    std::copy(products, products + std::min(kRowsTogether, count - row), out + row);
  }
}

void DotRows(const float* values, const void* const* rows, std::int64_t count, std::int64_t size, float* out) {
  DotAllRows(values, FloatRows{}, rows, count, size, out);
}

void DotByteRows(const float* values, ByteScale scale, const void* const* rows, std::int64_t count, std::int64_t size,
                 float* out) {
  DotAllRows(values, ByteRows{scale}, rows, count, size, out);
}

void AddScaledRow(const float* x, float alpha, std::int64_t size, float* y) {
  ForEachVector(size, [=](auto d, std::int64_t i) HWY_ATTR {
    hn::StoreU(hn::MulAdd(hn::Set(d, alpha), hn::LoadU(d, x + i), hn::LoadU(d, y + i)), d, y + i);
  });
}

void ScaleRow(const float* values, float factor, std::int64_t size, float* out) {
  ForEachVector(size, [=](auto d, std::int64_t i)
                          HWY_ATTR { hn::StoreU(hn::Mul(hn::Set(d, factor), hn::LoadU(d, values + i)), d, out + i); });
}

void AverageRow(const float* source, float decay, std::int64_t size, float* values) {
  ForEachVector(size, [=](auto d, std::int64_t i) HWY_ATTR {
    const auto fresh = hn::Mul(hn::Set(d, 1 - decay), hn::LoadU(d, source + i));
    hn::StoreU(hn::MulAdd(hn::Set(d, decay), hn::LoadU(d, values + i), fresh), d, values + i);
  });
}

void AddWithFloor(const float* bias, float floor, std::int64_t size, float* values) {
  ForEachVector(size, [=](auto d, std::int64_t i) HWY_ATTR {
    const auto sum = hn::Add(hn::LoadU(d, values + i), hn::LoadU(d, bias + i));
    const auto limit = hn::Set(d, floor);
    hn::StoreU(hn::IfThenElse(hn::Lt(sum, limit), limit, sum), d, values + i);
  });
}

void KeepWherePositive(const float* values, const float* gradient, std::int64_t size, float* out) {
  ForEachVector(size, [=](auto d, std::int64_t i) HWY_ATTR {
    const auto positive = hn::Gt(hn::LoadU(d, values + i), hn::Zero(d));
    hn::StoreU(hn::IfThenElseZero(positive, hn::LoadU(d, gradient + i)), d, out + i);
  });
}

}  // namespace shortlist::tensor::cpu::HWY_NAMESPACE
HWY_AFTER_NAMESPACE();

#if HWY_ONCE
namespace shortlist::tensor::cpu {

HWY_EXPORT(AddWeightedRows);
HWY_EXPORT(Dot);
HWY_EXPORT(DotRows);
HWY_EXPORT(DotByteRows);
HWY_EXPORT(AddScaledRow);
HWY_EXPORT(ScaleRow);
HWY_EXPORT(AverageRow);
HWY_EXPORT(AddWithFloor);
HWY_EXPORT(KeepWherePositive);

void AddWeightedRows(const WeightedRow* rows, std::int64_t count, std::int64_t readable, std::int64_t columns,
                     float* out) {
  HWY_DYNAMIC_DISPATCH(AddWeightedRows)(rows, count, readable, columns, out);
}

float Dot(const float* a, const float* b, std::int64_t size) {
  return HWY_DYNAMIC_DISPATCH(Dot)(a, b, size);
}

void DotRows(const float* values, const void* const* rows, std::int64_t count, std::int64_t size, float* out) {
  HWY_DYNAMIC_DISPATCH(DotRows)(values, rows, count, size, out);
}

void DotByteRows(const float* values, ByteScale scale, const void* const* rows, std::int64_t count, std::int64_t size,
                 float* out) {
  HWY_DYNAMIC_DISPATCH(DotByteRows)(values, scale, rows, count, size, out);
}

void AddScaledRow(const float* x, float alpha, std::int64_t size, float* y) {
  HWY_DYNAMIC_DISPATCH(AddScaledRow)(x, alpha, size, y);
}

void ScaleRow(const float* values, float factor, std::int64_t size, float* out) {
  HWY_DYNAMIC_DISPATCH(ScaleRow)(values, factor, size, out);
}

void AverageRow(const float* source, float decay, std::int64_t size, float* values) {
  HWY_DYNAMIC_DISPATCH(AverageRow)(source, decay, size, values);
}

void AddWithFloor(const float* bias, float floor, std::int64_t size, float* values) {
  HWY_DYNAMIC_DISPATCH(AddWithFloor)(bias, floor, size, values);
}

void KeepWherePositive(const float* values, const float* gradient, std::int64_t size, float* out) {
  HWY_DYNAMIC_DISPATCH(KeepWherePositive)(values, gradient, size, out);
}

}  // namespace shortlist::tensor::cpu
#endif
