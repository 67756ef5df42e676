#include "eval/ials_factors.h"

#include <algorithm>
#include <cmath>
#include <numbers>

#include "base/progress.h"
#include "data/random_stream.h"
#include "eval/dense_algebra.h"
#include "tensor/cpu/gemm.h"

namespace shortlist::eval {
namespace {

constexpr double kInitialNorm = 0.1;
constexpr std::int64_t kRowsPerTask = 64;
constexpr std::int64_t kGramRowsPerTask = 4096;

// Normal, with a standard deviation of kInitialNorm / sqrt(dimension), by Box and Muller.
std::vector<float> InitialVectors(std::int64_t rows, std::int64_t dimension, std::int64_t seed) {
  data::RandomStream random(static_cast<std::uint64_t>(seed), 0);
  const double deviation = kInitialNorm / std::sqrt(static_cast<double>(dimension));
  std::vector<float> vectors(static_cast<std::size_t>(rows * dimension));
  for (float& value : vectors) {
    const double radius = std::sqrt(-2 * std::log(1 - random.Uniform()));
    value = static_cast<float>(deviation * radius * std::cos(2 * std::numbers::pi * random.Uniform()));
  }
  return vectors;
}

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

// All rows of one side from the vectors of the other; `events` lists rows of the other.
std::vector<float> SolveSide(const IndexLists& events, std::span<const float> fixed, const IalsSettings& settings,
                             base::ThreadPool& pool) {
  const LeastSquares squares(fixed, settings, pool);
  const auto rows = static_cast<std::int64_t>(events.rows());
  std::vector<float> vectors(static_cast<std::size_t>(rows * settings.dimension));
  pool.ParallelFor(rows, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    LeastSquares::Scratch scratch;
    std::vector<WeightedItem> weighted;
    for (std::int64_t row = begin; row < end; ++row) {
      weighted.clear();
      for (const std::int32_t other : events[static_cast<std::size_t>(row)]) weighted.push_back({other, 1});
      squares.Solve(weighted, std::span(vectors).subspan(row * settings.dimension, settings.dimension), scratch);
    }
  });
  return vectors;
}

}  // namespace

LeastSquares::LeastSquares(std::span<const float> fixed, const IalsSettings& settings, base::ThreadPool& pool)
    : fixed_(fixed), settings_(settings), gram_(Gram(fixed, settings.dimension, pool)) {
  tensor::cpu::RunBlasInCallingThread();
  for (float& value : gram_) value *= static_cast<float>(settings_.unobserved_weight);
}

void LeastSquares::Solve(std::span<const WeightedItem> events, std::span<float> vector, Scratch& scratch) const {
  const std::int64_t dimension = settings_.dimension;
  std::fill(vector.begin(), vector.end(), 0.0F);
  if (events.empty()) return;
  scratch.gathered.resize(events.size() * static_cast<std::size_t>(dimension));
  scratch.matrix = gram_;
  double weights = 0;
  for (std::size_t event = 0; event < events.size(); ++event) {
    const float* row = fixed_.data() + events[event].item * dimension;
    const auto root = static_cast<float>(std::sqrt(events[event].weight));
    for (std::int64_t i = 0; i < dimension; ++i) {
      scratch.gathered[event * dimension + i] = root * row[i];
      vector[i] += static_cast<float>(events[event].weight) * row[i];
    }
    weights += events[event].weight;
  }
  AddOuterProducts(scratch.gathered, dimension, scratch.matrix);
  const double others = static_cast<double>(fixed_.size()) / static_cast<double>(dimension);
  const double scale = std::pow(weights + settings_.unobserved_weight * others, settings_.frequency_exponent);
  for (std::int64_t i = 0; i < dimension; ++i) {
    scratch.matrix[i * dimension + i] += static_cast<float>(settings_.regularization * scale);
  }
  SolvePositiveDefinite(scratch.matrix, vector);
}

std::vector<float> FitItemVectors(const IndexLists& items_of_users, std::int64_t items, const IalsSettings& settings,
                                  std::int64_t seed, base::ThreadPool& pool) {
  const IndexLists users_of_items = Transpose(items_of_users, items);
  std::vector<float> item_vectors = InitialVectors(items, settings.dimension, seed);
  base::Progress progress("fitting ials", settings.epochs, "epochs");
  for (std::int64_t epoch = 0; epoch < settings.epochs; ++epoch) {
    const std::vector<float> user_vectors = SolveSide(items_of_users, item_vectors, settings, pool);
    item_vectors = SolveSide(users_of_items, user_vectors, settings, pool);
    progress.Advance(1);
  }
  return item_vectors;
}

}  // namespace shortlist::eval
