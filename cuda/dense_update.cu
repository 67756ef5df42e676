// One optimizer step over a flat array of parameters.
//
// Shapes: parameters and gradient [size], state [StateWidth(kind, size)]. Mapping: one thread per 4 consecutive values,
// as 128-bit accesses where the arrays are aligned; what the whole array shares (Adam's step count, row-wise Adagrad's
// sum) is advanced by one thread first, so that each array is read and written once. Deterministic: every value on its
// own, and the sum of squares as in cuda/squared_norm.cu.
#include "cuda/dense_update.h"
#include "cuda/elementwise_kernel.h"
#include "cuda/optimizer_rules.h"
#include "cuda/squared_norm.h"

namespace shortlist::cuda {

namespace {

constexpr int kThreads = 256;

}  // namespace

struct SgdRule {
  float keep;
  float rate;
  __device__ float operator()(float parameter, float gradient) const {
    return Stepped(keep, rate, gradient, parameter);
  }
};

// `step` is on the device.
struct RowwiseAdagradRule {
  float keep;
  const float* step;
  __device__ float operator()(float parameter, float gradient) const {
    return Stepped(keep, *step, gradient, parameter);
  }
};

// One thread. sum += squares / size, then *step from it.
__global__ void AdvanceRowwiseAdagradKernel(OptimizerConstants constants, const double* __restrict__ squares,
                                            std::int64_t size, float* __restrict__ sum, float* __restrict__ step) {
  *sum += static_cast<float>(*squares / static_cast<double>(size));
  *step = RowwiseAdagradStep(constants, *sum);
}

__global__ void __launch_bounds__(kThreads)
    AdagradKernel(OptimizerConstants constants, Access access, std::int64_t size, const float* __restrict__ gradient,
                  float* __restrict__ parameters, float* __restrict__ sums) {
  const std::int64_t first = (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) * kVectorWidth;
  if (access == Access::kVectors && first + kVectorWidth <= size) {
    const float4 g = LoadVector(gradient + first);
    float4 p = LoadVector(parameters + first);
    float4 s = LoadVector(sums + first);
    StepAdagrad(constants, g.x, p.x, s.x);
    StepAdagrad(constants, g.y, p.y, s.y);
    StepAdagrad(constants, g.z, p.z, s.z);
    StepAdagrad(constants, g.w, p.w, s.w);
    StoreVector(parameters + first, p);
    StoreVector(sums + first, s);
    return;
  }
  for (std::int64_t i = first; i < first + kVectorWidth && i < size; ++i) {
    StepAdagrad(constants, gradient[i], parameters[i], sums[i]);
  }
}

// One thread. Counts the step, then computes *correction.
__global__ void AdvanceAdamKernel(OptimizerConstants constants, float* __restrict__ count,
                                  AdamCorrection* __restrict__ correction) {
  *count += 1;
  *correction = CorrectionAt(constants, *count);
}

__global__ void __launch_bounds__(kThreads)
    AdamKernel(OptimizerConstants constants, const AdamCorrection* __restrict__ device_correction, Access access,
               std::int64_t size, const float* __restrict__ gradient, float* __restrict__ parameters,
               float* __restrict__ firsts, float* __restrict__ seconds) {
  const AdamCorrection correction = *device_correction;
  const std::int64_t first = (std::int64_t{blockIdx.x} * kThreads + threadIdx.x) * kVectorWidth;
  if (access == Access::kVectors && first + kVectorWidth <= size) {
    const float4 g = LoadVector(gradient + first);
    float4 p = LoadVector(parameters + first);
    float4 m = LoadVector(firsts + first);
    float4 v = LoadVector(seconds + first);
    StepAdam(constants, correction, g.x, p.x, m.x, v.x);
    StepAdam(constants, correction, g.y, p.y, m.y, v.y);
    StepAdam(constants, correction, g.z, p.z, m.z, v.z);
    StepAdam(constants, correction, g.w, p.w, m.w, v.w);
    StoreVector(parameters + first, p);
    StoreVector(firsts + first, m);
    StoreVector(seconds + first, v);
    return;
  }
  for (std::int64_t i = first; i < first + kVectorWidth && i < size; ++i) {
    StepAdam(constants, correction, gradient[i], parameters[i], firsts[i], seconds[i]);
  }
}

namespace {

void UpdateRowwiseAdagrad(Queue& queue, const OptimizerConstants& constants, const float* gradient, std::int64_t size,
                          float* parameters, float* sum) {
  auto* step = queue.workspace().Take<float>(1);
  Launch("DenseUpdate", {1, 1}, queue.stream(), AdvanceRowwiseAdagradKernel, constants,
         SumOfSquares(queue, gradient, size), size, sum, step);
  Elementwise(queue, "DenseUpdate", RowwiseAdagradRule{constants.keep, step}, size, parameters, parameters, gradient);
}

void UpdateAdagrad(Queue& queue, const OptimizerConstants& constants, const float* gradient, std::int64_t size,
                   float* parameters, float* sums) {
  Launch("DenseUpdate", {BlocksFor(size, kThreads * kVectorWidth), kThreads}, queue.stream(), AdagradKernel, constants,
         AccessOf({gradient, parameters, sums}), size, gradient, parameters, sums);
}

void UpdateAdam(Queue& queue, const OptimizerConstants& constants, const float* gradient, std::int64_t size,
                float* parameters, float* state) {
  auto* correction = queue.workspace().Take<AdamCorrection>(1);
  float* firsts = state;
  float* seconds = state + size;
  float* count = state + 2 * size;
  Launch("DenseUpdate", {1, 1}, queue.stream(), AdvanceAdamKernel, constants, count, correction);
  Launch("DenseUpdate", {BlocksFor(size, kThreads * kVectorWidth), kThreads}, queue.stream(), AdamKernel, constants,
         correction, AccessOf({gradient, parameters, firsts, seconds}), size, gradient, parameters, firsts, seconds);
}

}  // namespace

void DenseUpdate(Queue& queue, float* parameters, const float* gradient, float* state, std::int64_t size,
                 const tensor::Optimizer& optimizer) {
  const OptimizerConstants constants = ConstantsOf(optimizer);
  switch (optimizer.kind) {
    case tensor::OptimizerKind::kSgd:
      return Elementwise(queue, "DenseUpdate", SgdRule{constants.keep, constants.rate}, size, parameters, parameters,
                         gradient);
    case tensor::OptimizerKind::kRowwiseAdagrad:
      return UpdateRowwiseAdagrad(queue, constants, gradient, size, parameters, state);
    case tensor::OptimizerKind::kAdagrad:
      return UpdateAdagrad(queue, constants, gradient, size, parameters, state);
    case tensor::OptimizerKind::kAdam:
      return UpdateAdam(queue, constants, gradient, size, parameters, state);
  }
}

}  // namespace shortlist::cuda
