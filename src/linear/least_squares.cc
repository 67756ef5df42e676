#include "linear/least_squares.h"

#include <algorithm>
#include <cmath>

#include "linear/dense_algebra.h"
#include "tensor/cpu/gemm.h"

namespace shortlist::linear {
namespace {

constexpr std::int64_t kGramRowsPerTask = 4096;
constexpr std::size_t kEventsAhead = 4;
constexpr std::int64_t kFloatsPerLine = 16;

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

void SetToIdentity(std::size_t rows, std::vector<float>& matrix) {
  matrix.assign(rows * rows, 0.0F);
  for (std::size_t row = 0; row < rows; ++row) matrix[row * rows + row] = 1;
}

// sum += weights' matrix, whose rows are as wide as `sum`.
void AddRows(std::span<const float> matrix, std::span<const float> weights, std::vector<tensor::cpu::WeightedRow>& rows,
             std::span<float> sum) {
  rows.clear();
  for (std::size_t row = 0; row < weights.size(); ++row)
    rows.push_back({matrix.data() + row * sum.size(), weights[row]});
  const auto count = static_cast<std::int64_t>(rows.size());
  tensor::cpu::AddWeightedRows(rows.data(), count, count, static_cast<std::int64_t>(sum.size()), sum.data());
}

}  // namespace

// In the axes of the Gram matrix all that rows share is diagonal: a row's matrix is D + G'G, with D = stretches + its
// regularization, and G the vectors of its events times the roots of their weights. With M = G D^(-1/2) and w the
// roots, its vector in these axes is D^(-1/2) (I + M'M)^-1 M'w, which is D^(-1/2) M' (I + MM')^-1 w.
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

  scratch.roots.resize(events.size());
  scratch.gathered.resize(events.size() * static_cast<std::size_t>(dimension));
  const float* scales = scratch.scales.data();
  float* gathered = scratch.gathered.data();
  for (std::size_t event = 0; event < events.size(); ++event, gathered += dimension) {
    Fetch(rotated_.data() + events[std::min(event + kEventsAhead, events.size() - 1)].item * dimension, dimension);
    const float* row = rotated_.data() + events[event].item * dimension;
    const auto root = static_cast<float>(std::sqrt(events[event].weight));
    for (std::int64_t i = 0; i < dimension; ++i) gathered[i] = root * (scales[i] * row[i]);
    scratch.roots[event] = root;
  }
}

void LeastSquares::Solve(std::span<const WeightedItem> events, std::span<float> vector, Scratch& scratch) const {
  const std::int64_t dimension = settings_.dimension;
  std::fill(vector.begin(), vector.end(), 0.0F);
  if (events.empty()) return;
  Gather(events, scratch);
  scratch.solution.assign(static_cast<std::size_t>(dimension), 0.0F);
  if (static_cast<std::int64_t>(events.size()) < dimension) {
    SetToIdentity(events.size(), scratch.matrix);
    AddInnerProducts(scratch.gathered, dimension, scratch.matrix);
    SolvePositiveDefinite(scratch.matrix, scratch.roots);
    AddRows(scratch.gathered, scratch.roots, scratch.rows, scratch.solution);
  } else {
    SetToIdentity(scratch.solution.size(), scratch.matrix);
    AddOuterProducts(scratch.gathered, dimension, scratch.matrix);
    AddRows(scratch.gathered, scratch.roots, scratch.rows, scratch.solution);
    SolvePositiveDefinite(scratch.matrix, scratch.solution);
  }
  for (std::int64_t i = 0; i < dimension; ++i) scratch.solution[i] *= scratch.scales[i];
  AddRows(axes_, scratch.solution, scratch.rows, vector);
}

}  // namespace shortlist::linear
