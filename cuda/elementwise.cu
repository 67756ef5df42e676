// Elementwise operations on arrays: the rules of cuda/elementwise_kernel.h.
#include "cuda/elementwise.h"
#include "cuda/elementwise_kernel.h"

namespace shortlist::cuda {

struct AddScaledRule {
  float alpha;
  __device__ float operator()(float y, float x) const { return fmaf(alpha, x, y); }
};

struct ScaleRule {
  float factor;
  __device__ float operator()(float value) const { return value * factor; }
};

struct MovingAverageRule {
  float decay;
  __device__ float operator()(float value, float source) const { return fmaf(decay, value, (1 - decay) * source); }
};

// Reads the norm with every value: the cache serves it.
struct ClipByNormRule {
  const float* squared_norm;
  float limit;
  __device__ float operator()(float value) const {
    const float norm = sqrtf(*squared_norm);
    return norm > limit ? value * (limit / norm) : value;
  }
};

struct KeepWherePositiveRule {
  __device__ float operator()(float out, float gradient) const { return out > 0 ? gradient : 0.0F; }
};

void AddScaled(Queue& queue, const float* x, float alpha, float* y, std::int64_t size) {
  Elementwise(queue, "AddScaled", AddScaledRule{alpha}, size, y, y, x);
}

void Scale(Queue& queue, float* values, float factor, std::int64_t size) {
  Elementwise(queue, "Scale", ScaleRule{factor}, size, values, values);
}

void MovingAverage(Queue& queue, const float* source, float decay, float* values, std::int64_t size) {
  Elementwise(queue, "MovingAverage", MovingAverageRule{decay}, size, values, values, source);
}

void ClipByNorm(Queue& queue, float* values, const float* squared_norm, float limit, std::int64_t size) {
  Elementwise(queue, "ClipByNorm", ClipByNormRule{squared_norm, limit}, size, values, values);
}

void KeepWherePositive(Queue& queue, const float* out, const float* gradient, float* masked, std::int64_t size) {
  Elementwise(queue, "KeepWherePositive", KeepWherePositiveRule{}, size, masked, out, gradient);
}

}  // namespace shortlist::cuda
