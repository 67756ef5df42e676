#include "tensor/cpu/elementwise.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <numeric>
#include <vector>

#include "tensor/cpu/optimizer.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kTask = 1 << 15;
// Short enough that float sums within a part keep their precision.
constexpr std::int64_t kPart = 1 << 10;

// What is added to the lower half carries into the upper one when that is to be rounded up.
std::uint16_t Bfloat16Of(float value) {
  constexpr std::uint32_t kQuiet = 0x40;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  if (std::isnan(value)) return static_cast<std::uint16_t>(bits >> 16 | kQuiet);
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

float FloatOf(std::uint16_t bfloat16) {
  return std::bit_cast<float>(std::uint32_t{bfloat16} << 16);
}

double SumOfSquares(base::ThreadPool& pool, const float* values, std::int64_t size) {
  const std::int64_t parts = (size + kPart - 1) / kPart;
  std::vector<double> sums(static_cast<std::size_t>(parts));
  pool.ParallelFor(parts, kTask / kPart, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t part = begin; part < end; ++part) {
      const std::int64_t at = part * kPart;
      sums[static_cast<std::size_t>(part)] = Dot(values + at, values + at, std::min(kPart, size - at));
    }
  });
  return std::accumulate(sums.begin(), sums.end(), 0.0);
}

}  // namespace

void AddScaled(base::ThreadPool& pool, const float* x, float alpha, float* y, std::int64_t size) {
  pool.ParallelFor(size, kTask, [=](std::int64_t begin, std::int64_t end) {
    AddScaledRow(x + begin, alpha, end - begin, y + begin);
  });
}

void Scale(base::ThreadPool& pool, float* values, float factor, std::int64_t size) {
  pool.ParallelFor(size, kTask, [=](std::int64_t begin, std::int64_t end) {
    ScaleRow(values + begin, factor, end - begin, values + begin);
  });
}

void MovingAverage(base::ThreadPool& pool, const float* source, float decay, float* values, std::int64_t size) {
  pool.ParallelFor(size, kTask, [=](std::int64_t begin, std::int64_t end) {
    AverageRow(source + begin, decay, end - begin, values + begin);
  });
}

void RoundToBfloat16(base::ThreadPool& pool, const float* values, std::uint16_t* rounded, std::int64_t size) {
  pool.ParallelFor(size, kTask, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) rounded[i] = Bfloat16Of(values[i]);
  });
}

void WidenBfloat16(base::ThreadPool& pool, const std::uint16_t* rounded, Write write, float* values,
                   std::int64_t size) {
  pool.ParallelFor(size, kTask, [=](std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = begin; i < end; ++i) {
      const float value = FloatOf(rounded[i]);
      values[i] = write == Write::kAdd ? values[i] + value : value;
    }
  });
}

void SquaredNorm(base::ThreadPool& pool, const float* values, std::int64_t size, float* result) {
  *result = static_cast<float>(SumOfSquares(pool, values, size));
}

void ClipByNorm(base::ThreadPool& pool, float* values, const float* squared_norm, float limit, std::int64_t size) {
  const float norm = std::sqrt(*squared_norm);
  if (norm > limit) Scale(pool, values, limit / norm, size);
}

void DenseUpdate(base::ThreadPool& pool, float* parameters, const float* gradient, float* state, std::int64_t size,
                 const Optimizer& optimizer) {
  const float keep = KeptByDecay(optimizer);
  switch (optimizer.kind) {
    case OptimizerKind::kSgd:
      return pool.ParallelFor(size, kTask, [=](std::int64_t begin, std::int64_t end) {
        StepParameters(keep, optimizer.rate, gradient + begin, end - begin, parameters + begin);
      });
    case OptimizerKind::kRowwiseAdagrad: {
      state[0] += static_cast<float>(SumOfSquares(pool, gradient, size) / static_cast<double>(size));
      const float step = optimizer.rate / (std::sqrt(state[0]) + optimizer.epsilon);
      return pool.ParallelFor(size, kTask, [=](std::int64_t begin, std::int64_t end) {
        StepParameters(keep, step, gradient + begin, end - begin, parameters + begin);
      });
    }
    case OptimizerKind::kAdagrad:
      return pool.ParallelFor(size, kTask, [=](std::int64_t begin, std::int64_t end) {
        StepAdagrad({keep, optimizer.rate, optimizer.epsilon}, gradient + begin, end - begin, parameters + begin,
                    state + begin);
      });
    case OptimizerKind::kAdam: {
      state[2 * size] += 1;
      const AdamStep step = AdamSchedule(optimizer).At(state[2 * size]);
      return pool.ParallelFor(size, kTask, [=](std::int64_t begin, std::int64_t end) {
        StepAdam(step, gradient + begin, end - begin, parameters + begin, state + begin, state + size + begin);
      });
    }
  }
}

}  // namespace shortlist::tensor::cpu
