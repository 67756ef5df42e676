#include "index/made_vectors.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>

namespace shortlist::index {

std::vector<float> MadeVectors(std::int64_t count, std::int64_t width, std::uint64_t seed) {
  constexpr std::int64_t kClusters = 50;
  std::mt19937_64 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> centers(static_cast<std::size_t>(kClusters * width));
  // The same for every seed, so that queries lie where the vectors are.
  std::mt19937_64 center_random(1);
  std::generate(centers.begin(), centers.end(), [&] { return normal(center_random); });
  std::vector<float> vectors;
  for (std::int64_t i = 0; i < count; ++i) {
    const auto cluster = static_cast<std::int64_t>(random() % kClusters);
    const float scale = std::exp(0.5F * normal(random));
    for (std::int64_t j = 0; j < width; ++j) {
      vectors.push_back(scale * (centers[static_cast<std::size_t>(cluster * width + j)] + 0.5F * normal(random)));
    }
  }
  return vectors;
}

std::vector<std::int32_t> TrueBest(std::span<const float> vectors, std::span<const float> query, std::int64_t k,
                                   std::span<const std::int32_t> excluded) {
  std::vector<std::pair<double, std::int32_t>> scored;
  for (std::size_t i = 0; i * query.size() < vectors.size(); ++i) {
    const auto id = static_cast<std::int32_t>(i);
    if (std::find(excluded.begin(), excluded.end(), id) != excluded.end()) continue;
    const auto row = vectors.subspan(i * query.size(), query.size());
    scored.emplace_back(-std::inner_product(query.begin(), query.end(), row.begin(), 0.0), id);
  }
  std::sort(scored.begin(), scored.end());
  std::vector<std::int32_t> best;
  for (std::size_t i = 0; i < scored.size() && i < static_cast<std::size_t>(k); ++i) best.push_back(scored[i].second);
  return best;
}

std::vector<std::int32_t> Ids(const std::vector<Neighbor>& neighbors) {
  std::vector<std::int32_t> ids;
  for (const Neighbor& neighbor : neighbors) ids.push_back(neighbor.id);
  return ids;
}

double ShareFound(const std::vector<std::int32_t>& truth, const std::vector<std::int32_t>& given) {
  const auto found = std::count_if(truth.begin(), truth.end(), [&](std::int32_t id) {
    return std::find(given.begin(), given.end(), id) != given.end();
  });
  return static_cast<double>(found) / static_cast<double>(truth.size());
}

VectorIndexSettings SettingsOf(IndexKind kind) {
  VectorIndexSettings settings;
  settings.kind = kind;
  return settings;
}

}  // namespace shortlist::index
