#include "index/exact_search.h"

#include <algorithm>
#include <array>
#include <numeric>

#include <faiss/utils/distances.h>

namespace shortlist::index {
namespace {

// In as many sums as a register holds, so that they are independent of each other.
float ScoreOfBytes(const ByteRows& bytes, std::size_t place, const float* query, std::size_t width) {
  constexpr std::size_t kLanes = 8;
  const std::uint8_t* row = bytes.rows[place];
  const auto product = [&](std::size_t i) {
    return query[i] * (bytes.base[i] + bytes.step[i] * static_cast<float>(row[i]));
  };
  std::array<float, kLanes> sums{};
  std::size_t i = 0;
  for (; i + kLanes <= width; i += kLanes) {
    for (std::size_t lane = 0; lane < kLanes; ++lane) sums[lane] += product(i + lane);
  }
  float score = std::accumulate(sums.begin(), sums.end(), 0.0F);
  for (; i < width; ++i) score += product(i);
  return score;
}

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

std::vector<float> VectorTable::Vector(std::int32_t id) const {
  const auto place = static_cast<std::size_t>(id);
  if (bytes.rows.empty()) return {rows[place], rows[place] + width};
  std::vector<float> vector(static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < vector.size(); ++i) {
    vector[i] = bytes.base[i] + bytes.step[i] * static_cast<float>(bytes.rows[place][i]);
  }
  return vector;
}

float VectorTable::Score(const float* query, std::int32_t id) const {
  if (!bytes.rows.empty())
    return ScoreOfBytes(bytes, static_cast<std::size_t>(id), query, static_cast<std::size_t>(width));
  return faiss::fvec_inner_product(query, rows[static_cast<std::size_t>(id)], static_cast<std::size_t>(width));
}

void VectorTable::Fetch(std::int32_t id) const {
  constexpr std::int64_t kLine = 64;
  const auto place = static_cast<std::size_t>(id);
  const bool whole = bytes.rows.empty();
  const char* row =
      whole ? reinterpret_cast<const char*>(rows[place]) : reinterpret_cast<const char*>(bytes.rows[place]);
  const std::int64_t length = whole ? width * static_cast<std::int64_t>(sizeof(float)) : width;
  for (std::int64_t first = 0; first < length; first += kLine) __builtin_prefetch(row + first);
}

VectorTable TableOf(std::span<const float> vectors, std::int64_t width) {
  VectorTable table{{}, width};
  table.rows.reserve(vectors.size() / static_cast<std::size_t>(width));
  for (std::size_t i = 0; i < vectors.size(); i += static_cast<std::size_t>(width)) table.rows.push_back(&vectors[i]);
  return table;
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

std::vector<Neighbor> SearchExactlyAmong(const VectorTable& vectors, const float* query, std::int64_t k,
                                         std::span<const std::int32_t> ids) {
  // Vectors that are on their way from memory while others are scored.
  constexpr std::size_t kFetchedAhead = 8;
  BestNeighbors best(std::min(k, static_cast<std::int64_t>(ids.size())));
  for (std::size_t i = 0; i < ids.size(); ++i) {
    if (i + kFetchedAhead < ids.size()) vectors.Fetch(ids[i + kFetchedAhead]);
    best.Offer({ids[i], vectors.Score(query, ids[i])});
  }
  return best.Take();
}

}  // namespace shortlist::index
