#include "eval/ials_factors.h"

#include <cmath>
#include <numbers>

#include "base/progress.h"
#include "data/random_stream.h"
#include "linear/least_squares.h"

namespace shortlist::eval {
namespace {

constexpr double kInitialNorm = 0.1;
constexpr std::int64_t kRowsPerTask = 64;

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

// All rows of one side from the vectors of the other; `events` lists rows of the other.
std::vector<float> SolveSide(const IndexLists& events, std::span<const float> fixed, const IalsSettings& settings,
                             base::ThreadPool& pool) {
  const linear::LeastSquares squares(fixed, settings, pool);
  const auto rows = static_cast<std::int64_t>(events.rows());
  std::vector<float> vectors(static_cast<std::size_t>(rows * settings.dimension));
  pool.ParallelFor(rows, kRowsPerTask, [&](std::int64_t begin, std::int64_t end) {
    linear::LeastSquares::Scratch scratch;
    std::vector<linear::WeightedItem> weighted;
    for (std::int64_t row = begin; row < end; ++row) {
      weighted.clear();
      for (const std::int32_t other : events[static_cast<std::size_t>(row)]) weighted.push_back({other, 1});
      squares.Solve(weighted, std::span(vectors).subspan(row * settings.dimension, settings.dimension), scratch);
    }
  });
  return vectors;
}

}  // namespace

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
