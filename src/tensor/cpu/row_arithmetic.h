// Vectorized arithmetic on rows of floats. Pointers need no alignment; every function is safe to call from any thread.
// The order of summation depends on the instruction set of the machine, and on nothing else.
#pragma once

#include <cstdint>

namespace shortlist::tensor::cpu {

struct WeightedRow {
  const float* values;
  float weight;
};

// out += sum of weight * values over rows[0, count), in order. rows[0, readable) may be read to fetch ahead what later
// calls need.
void AddWeightedRows(const WeightedRow* rows, std::int64_t count, std::int64_t readable, std::int64_t columns,
                     float* out);

float Dot(const float* a, const float* b, std::int64_t size);

// out[i] = the inner product of `values` and rows[i], which holds floats, for i in [0, count). Summed in another order
// than Dot, but in the same one for every row, whichever are asked for with it.
void DotRows(const float* values, const void* const* rows, std::int64_t count, std::int64_t size, float* out);

// What bytes stand for: value i is base[i] + step[i] * byte i.
struct ByteScale {
  const float* base;
  const float* step;
};

// As DotRows, of rows that hold a byte per value.
void DotByteRows(const float* values, ByteScale scale, const void* const* rows, std::int64_t count, std::int64_t size,
                 float* out);

// y += alpha * x.
void AddScaledRow(const float* x, float alpha, std::int64_t size, float* y);

// out = factor * values; out may be values.
void ScaleRow(const float* values, float factor, std::int64_t size, float* out);

// values = decay * values + (1 - decay) * source.
void AverageRow(const float* source, float decay, std::int64_t size, float* values);

// values = max(values + bias, floor); NaN stays NaN.
void AddWithFloor(const float* bias, float floor, std::int64_t size, float* values);

// out = gradient where `values` is positive, else 0.
void KeepWherePositive(const float* values, const float* gradient, std::int64_t size, float* out);

}  // namespace shortlist::tensor::cpu
