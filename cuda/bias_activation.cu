// Adds a bias to every row and applies the activation, in place.
//
// Shapes: bias [columns], values [rows, columns]. Mapping: one thread per value. Deterministic: every value on its own.
#include <cmath>

#include "cuda/bias_activation.h"
#include "cuda/kernel_language.h"
#include "cuda/launch.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 256;

}  // namespace

__global__ void __launch_bounds__(kThreads)
    BiasActivationKernel(const float* __restrict__ bias, float floor, std::int64_t columns, std::int64_t size,
                         float* __restrict__ values) {
  const std::int64_t i = std::int64_t{blockIdx.x} * kThreads + threadIdx.x;
  if (i >= size) return;
  const float added = bias == nullptr ? 0.0F : bias[i % columns];
  values[i] = fmaxf(values[i] + added, floor);
}

void BiasActivation(Queue& queue, const float* bias, tensor::Activation activation, tensor::Matrix values) {
  const float floor = activation == tensor::Activation::kRelu ? 0.0F : -INFINITY;
  Launch("BiasActivation", {BlocksFor(values.size(), kThreads), kThreads}, queue.stream(), BiasActivationKernel, bias,
         floor, values.columns, values.size(), values.data);
}

}  // namespace shortlist::cuda
