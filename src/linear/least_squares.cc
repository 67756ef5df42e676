#include "linear/least_squares.h"

#include <algorithm>
#include <cmath>

#include "linear/dense_algebra.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::linear {
namespace {

constexpr std::int64_t kGramRowsPerTask = 4096;
constexpr std::size_t kEventsAhead = 4;
constexpr std::int64_t kFloatsPerLine = 16;
constexpr float kRelativeResidual = 1e-3F;
constexpr std::int64_t kMostSteps = 100;

// Sums of fixed chunks, so that the order of additions is that of the rows.
std::vector<float> Gram(std::span<const float> rows, std::int64_t dimension, base::ThreadPool& pool) {
  const std::int64_t count = static_cast<std::int64_t>(rows.size()) / dimension;
  const std::int64_t chunks = (count + kGramRowsPerTask - 1) / kGramRowsPerTask;
  std::vector<std::vector<float>> sums(static_cast<std::size_t>(chunks));
  pool.ParallelFor(count, kGramRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    std::vector<float>& sum = sums[static_cast<std::size_t>(begin / kGramRowsPerTask)];
    sum.resize(static_cast<std::size_t>(dimension * dimension));
    AddOuterProducts(rows.subspan(begin * dimension, (end - begin) * dimension), dimension, sum);
  });
  std::vector<float> gram(static_cast<std::size_t>(dimension * dimension));
  for (const std::vector<float>& sum : sums) {
    for (std::size_t i = 0; i < gram.size(); ++i) gram[i] += sum[i];
  }
  return gram;
}

void Fetch(const float* row, std::int64_t size) {
  for (std::int64_t i = 0; i < size; i += kFloatsPerLine) __builtin_prefetch(row + i);
}

float SquaredNorm(const std::vector<float>& values) {
  return tensor::cpu::Dot(values.data(), values.data(), static_cast<std::int64_t>(values.size()));
}

}  // namespace

// In the axes of the Gram matrix all that rows share is diagonal: a row's matrix is D + G'G, with D = stretches + its
// regularization, and G the vectors of its events times the roots of their weights. With M = G D^(-1/2) and w the
// roots, its vector in these axes is D^(-1/2) y with (I + M'M) y = M'w.
LeastSquares::LeastSquares(std::span<const float> fixed, const IalsSettings& settings, base::ThreadPool& pool)
    : others_(static_cast<std::int64_t>(fixed.size()) / settings.dimension),
      settings_(settings),
      axes_(Gram(fixed, settings.dimension, pool)),
      rotated_(fixed.size()) {
  tensor::cpu::RunBlasInCallingThread();
  const std::int64_t dimension = settings_.dimension;
  for (float& value : axes_) value *= static_cast<float>(settings_.unobserved_weight);
  stretches_ = Diagonalize(axes_, dimension);
  pool.ParallelFor(others_, kGramRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    tensor::cpu::MultiplyTransposedB(1, {fixed.data() + begin * dimension, end - begin, dimension, dimension},
                                     {axes_.data(), dimension, dimension, dimension}, 0,
                                     {rotated_.data() + begin * dimension, end - begin, dimension, dimension});
  });
}

void LeastSquares::Gather(std::span<const WeightedItem> events, Scratch& scratch) const {
  const std::int64_t dimension = settings_.dimension;
  double weights = 0;
  for (const WeightedItem& event : events) weights += event.weight;
  const double count = weights + settings_.unobserved_weight * static_cast<double>(others_);
  const auto strength = static_cast<float>(settings_.regularization * std::pow(count, settings_.frequency_exponent));
  scratch.scales.resize(static_cast<std::size_t>(dimension));
  for (std::int64_t i = 0; i < dimension; ++i)
    scratch.scales[i] = 1 / std::sqrt(std::max(stretches_[i], 0.0F) + strength);

  scratch.rows.resize(events.size());
  scratch.places.resize(events.size());
  scratch.products.resize(events.size());
  scratch.gathered.resize(events.size() * static_cast<std::size_t>(dimension));
  const float* scales = scratch.scales.data();
  float* gathered = scratch.gathered.data();
  for (std::size_t event = 0; event < events.size(); ++event, gathered += dimension) {
    Fetch(rotated_.data() + events[std::min(event + kEventsAhead, events.size() - 1)].item * dimension, dimension);
    const float* row = rotated_.data() + events[event].item * dimension;
    const auto root = static_cast<float>(std::sqrt(events[event].weight));
    for (std::int64_t i = 0; i < dimension; ++i) gathered[i] = root * (scales[i] * row[i]);
    scratch.rows[event] = {gathered, root};
    scratch.places[event] = gathered;
  }
}

// From zero. The matrix is the identity and a direction per event, so that few steps suffice.
void LeastSquares::SolveGathered(Scratch& scratch) const {
  const std::int64_t dimension = settings_.dimension;
  const auto count = static_cast<std::int64_t>(scratch.rows.size());
  const auto width = static_cast<std::size_t>(dimension);
  scratch.solution.assign(width, 0.0F);
  scratch.residual.assign(width, 0.0F);
  tensor::cpu::AddWeightedRows(scratch.rows.data(), count, count, dimension, scratch.residual.data());
  scratch.direction = scratch.residual;
  float norm = SquaredNorm(scratch.residual);
  const float enough = kRelativeResidual * kRelativeResidual * norm;
  for (std::int64_t step = 0; step < kMostSteps && norm > enough; ++step) {
    MultiplyByMatrix(scratch);
    const float length = norm / tensor::cpu::Dot(scratch.direction.data(), scratch.image.data(), dimension);
    tensor::cpu::AddScaledRow(scratch.direction.data(), length, dimension, scratch.solution.data());
    tensor::cpu::AddScaledRow(scratch.image.data(), -length, dimension, scratch.residual.data());
    const float next = SquaredNorm(scratch.residual);
    for (std::size_t i = 0; i < width; ++i)
      scratch.direction[i] = scratch.residual[i] + next / norm * scratch.direction[i];
    norm = next;
  }
}

// image = (I + M'M) direction.
void LeastSquares::MultiplyByMatrix(Scratch& scratch) const {
  const std::int64_t dimension = settings_.dimension;
  const auto count = static_cast<std::int64_t>(scratch.rows.size());
  scratch.image = scratch.direction;
  tensor::cpu::DotRows(scratch.direction.data(), scratch.places.data(), count, dimension, scratch.products.data());
  for (std::size_t event = 0; event < scratch.rows.size(); ++event)
    scratch.rows[event].weight = scratch.products[event];
  tensor::cpu::AddWeightedRows(scratch.rows.data(), count, count, dimension, scratch.image.data());
}

void LeastSquares::Solve(std::span<const WeightedItem> events, std::span<float> vector, Scratch& scratch) const {
  std::fill(vector.begin(), vector.end(), 0.0F);
  if (events.empty()) return;
  Gather(events, scratch);
  SolveGathered(scratch);
  for (std::int64_t i = 0; i < settings_.dimension; ++i) scratch.solution[i] *= scratch.scales[i];
  for (std::int64_t i = 0; i < settings_.dimension; ++i) {
    tensor::cpu::AddScaledRow(axes_.data() + i * settings_.dimension, scratch.solution[i], settings_.dimension,
                              vector.data());
  }
}

}  // namespace shortlist::linear
