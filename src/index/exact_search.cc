#include "index/exact_search.h"

#include <algorithm>

#include <faiss/utils/distances.h>

namespace shortlist::index {
namespace {

// Vectors that stay in the nearest caches while all queries of a batch pass over them.
constexpr std::int64_t kTile = 128;

}  // namespace

BestNeighbors::BestNeighbors(std::int64_t k) : k_(static_cast<std::size_t>(std::max<std::int64_t>(k, 0))) {
  kept_.reserve(k_);
}

void BestNeighbors::Add(Neighbor neighbor) {
  kept_.push_back(neighbor);
  std::push_heap(kept_.begin(), kept_.end(), Better);
}

void BestNeighbors::ReplaceWorst(Neighbor neighbor) {
  std::pop_heap(kept_.begin(), kept_.end(), Better);
  kept_.back() = neighbor;
  std::push_heap(kept_.begin(), kept_.end(), Better);
}

std::vector<Neighbor> BestNeighbors::Take() {
  std::sort_heap(kept_.begin(), kept_.end(), Better);
  return std::move(kept_);
}

float VectorTable::Score(const float* query, std::int32_t id) const {
  return faiss::fvec_inner_product(query, rows[static_cast<std::size_t>(id)], static_cast<std::size_t>(width));
}

std::vector<Neighbor> SearchExactly(const VectorTable& vectors, const float* query, std::int64_t k,
                                    std::span<const std::int32_t> excluded) {
  BestNeighbors best(std::min(k, vectors.size()));
  auto next_excluded = std::lower_bound(excluded.begin(), excluded.end(), 0);
  for (std::int32_t id = 0; id < vectors.size(); ++id) {
    if (next_excluded != excluded.end() && *next_excluded == id) {
      ++next_excluded;
    } else {
      best.Offer({id, vectors.Score(query, id)});
    }
  }
  return best.Take();
}

std::vector<std::vector<Neighbor>> SearchExactly(const VectorTable& vectors, std::span<const float> queries,
                                                 std::int64_t k) {
  const auto count = queries.size() / static_cast<std::size_t>(vectors.width);
  std::vector<BestNeighbors> best(count, BestNeighbors(std::min(k, vectors.size())));
  for (std::int64_t first = 0; first < vectors.size(); first += kTile) {
    const std::int64_t last = std::min(first + kTile, vectors.size());
    for (std::size_t q = 0; q < count; ++q) {
      const float* query = &queries[q * static_cast<std::size_t>(vectors.width)];
      for (std::int64_t i = first; i < last; ++i) {
        const auto id = static_cast<std::int32_t>(i);
        best[q].Offer({id, vectors.Score(query, id)});
      }
    }
  }
  std::vector<std::vector<Neighbor>> results;
  for (BestNeighbors& neighbors : best) results.push_back(neighbors.Take());
  return results;
}

}  // namespace shortlist::index
