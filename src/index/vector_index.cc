#include "index/vector_index.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>
#include <optional>

#include "index/batched_scan.h"
#include "index/exact_search.h"
#include "index/openmp_threads.h"
#include "index/search_structure.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

// Exclusions up to this many are made up for at once; more only if they turn out to stand in the way, because a search
// for many neighbors is slow and most exclusions are far from the query.
constexpr std::int64_t kFewExcluded = 64;

// Then inner products of such vectors are finite too (Cauchy and Schwarz).
bool HasFiniteNorm(std::span<const float> vector) {
  return std::isfinite(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0F));
}

void RequireVectors(std::span<const float> vectors, std::int64_t width) {
  if (width < 1 || vectors.size() % static_cast<std::size_t>(width) != 0) {
    throw Error(Code::kInvalidArgument, std::to_string(vectors.size()) +
                                            " values are not a whole number of vectors of " + std::to_string(width) +
                                            " values");
  }
  const std::size_t count = vectors.size() / static_cast<std::size_t>(width);
  if (count > std::numeric_limits<std::int32_t>::max()) {
    throw Error(Code::kInvalidArgument, "an index holds at most 2^31 - 1 vectors, not " + std::to_string(count));
  }
  for (std::size_t i = 0; i < count; ++i) {
    if (!HasFiniteNorm(vectors.subspan(i * static_cast<std::size_t>(width), static_cast<std::size_t>(width)))) {
      throw Error(Code::kInvalidArgument, "vector " + std::to_string(i) + " is not finite, or its squared norm is not");
    }
  }
}

void RequireQuery(std::span<const float> query, std::int64_t width, std::int64_t k) {
  if (k < 1) throw Error(Code::kInvalidArgument, "k is " + std::to_string(k) + "; at least 1 is needed");
  if (query.size() != static_cast<std::size_t>(width)) {
    throw Error(Code::kInvalidArgument,
                "a query has " + std::to_string(query.size()) + " values; the index has " + std::to_string(width));
  }
  if (!HasFiniteNorm(query)) throw Error(Code::kInvalidArgument, "a query is not finite, or its squared norm is not");
}

// Of sorted ids, those that may be ids of `count` vectors.
std::span<const std::int32_t> Within(std::span<const std::int32_t> ids, std::int64_t count) {
  const auto begin = std::lower_bound(ids.begin(), ids.end(), 0);
  const auto end = std::lower_bound(begin, ids.end(), count);
  return {begin, end};
}

// What the query allows and does not exclude, in rising order.
std::vector<std::int32_t> Wanted(const Query& query) {
  std::vector<std::int32_t> ids;
  ids.reserve(static_cast<std::size_t>(query.allowed->Count()));
  auto excluded = query.excluded.begin();
  query.allowed->ForEach([&](std::int64_t number) {
    const auto id = static_cast<std::int32_t>(number);
    while (excluded != query.excluded.end() && *excluded < id) ++excluded;
    if (excluded == query.excluded.end() || *excluded != id) ids.push_back(id);
  });
  return ids;
}

}  // namespace

struct VectorIndex::State {
  IndexKind kind;
  std::unique_ptr<SearchStructure> structure;
  const VectorTable& vectors;
  std::optional<BatchedScan> scan;  // where every search is a scan

  State(IndexKind kind_in_effect, std::unique_ptr<SearchStructure> opened, const ScanDevice* device)
      : kind(kind_in_effect), structure(std::move(opened)), vectors(structure->Vectors()) {
    if (kind == IndexKind::kFlat && vectors.size() > 0) scan.emplace(AllRows(), vectors.width, device);
  }

  // Of a flat index, whose rows follow each other.
  std::span<const float> AllRows() const {
    return {vectors.rows.front(), vectors.rows.size() * static_cast<std::size_t>(vectors.width)};
  }

  std::vector<Neighbor> Search(std::span<const float> query, std::int64_t k,
                               std::span<const std::int32_t> excluded) const {
    const auto gone = static_cast<std::int64_t>(excluded.size());
    k = std::min(k, vectors.size() - gone);
    const std::int64_t deepest = structure->MaxNeighbors();
    for (const std::int64_t unwanted : {std::min({gone, kFewExcluded, deepest - k}), gone}) {
      if (unwanted < 0 || k + unwanted > deepest) break;
      Found found = structure->Nearest({query, k, excluded}, k, unwanted);
      const bool complete = static_cast<std::int64_t>(found.neighbors.size()) == k;
      if (complete && found.passed_over <= unwanted) return std::move(found.neighbors);
    }
    return SearchExactly(vectors, query.data(), k, excluded);
  }

  std::vector<Neighbor> Search(const Query& query) const {
    if (query.allowed == nullptr) return Search(query.vector, query.k, Within(query.excluded, vectors.size()));
    return SearchExactlyAmong(vectors, query.vector.data(), query.k, Wanted(query));
  }
};

VectorIndex::VectorIndex(std::unique_ptr<State> state) : state_(std::move(state)) {}
VectorIndex::~VectorIndex() = default;
VectorIndex::VectorIndex(VectorIndex&&) noexcept = default;
VectorIndex& VectorIndex::operator=(VectorIndex&&) noexcept = default;

VectorIndex VectorIndex::Build(const VectorIndexSettings& settings, std::span<const float> vectors, std::int64_t width,
                               int threads, const ScanDevice* device) {
  RequireVectors(vectors, width);
  const OpenMpThreads team(threads);
  const VectorShape shape{static_cast<std::int64_t>(vectors.size()) / width, width};
  return VectorIndex(std::make_unique<State>(KindInEffect(settings, shape.count),
                                             BuildStructure(settings, vectors, shape, device), device));
}

VectorIndex VectorIndex::Load(const std::filesystem::path& path, const VectorIndexSettings& settings,
                              std::int64_t expected_count, std::int64_t expected_width, const ScanDevice* device) {
  const VectorShape shape{expected_count, expected_width};
  return VectorIndex(
      std::make_unique<State>(KindInEffect(settings, shape.count), LoadStructure(path, settings, shape), device));
}

VectorIndex VectorIndex::Reopened(const VectorIndexSettings& settings) && {
  const VectorShape shape{size(), width()};
  return VectorIndex(
      std::make_unique<State>(state_->kind, Reopen(std::move(state_->structure), settings, shape), nullptr));
}

void VectorIndex::Save(const std::filesystem::path& path) const {
  SaveStructure(*state_->structure, path);
}

std::int64_t VectorIndex::size() const {
  return state_->vectors.size();
}

std::int64_t VectorIndex::width() const {
  return state_->vectors.width;
}

IndexKind VectorIndex::kind() const {
  return state_->kind;
}

std::vector<Neighbor> VectorIndex::Search(std::span<const float> query, std::int64_t k,
                                          std::span<const std::int32_t> excluded) const {
  RequireQuery(query, width(), k);
  const OpenMpThreads alone(1);
  return state_->Search(query, k, Within(excluded, size()));
}

std::vector<std::vector<Neighbor>> VectorIndex::SearchBatch(std::span<const Query> queries) const {
  for (const Query& query : queries) RequireQuery(query.vector, width(), query.k);
  if (state_->scan && queries.size() > 1) return state_->scan->Search(queries);
  const OpenMpThreads alone(1);
  std::vector<std::vector<Neighbor>> results;
  results.reserve(queries.size());
  for (const Query& query : queries) results.push_back(state_->Search(query));
  return results;
}

std::vector<Neighbor> VectorIndex::SearchAndFilter(const Query& query, std::int64_t ranks) const {
  RequireQuery(query.vector, width(), query.k);
  const OpenMpThreads alone(1);
  return state_->structure->Nearest(query, ranks, 0).neighbors;
}

std::int64_t VectorIndex::max_ranks() const {
  return state_->structure->MaxNeighbors();
}

bool VectorIndex::gains_from_batches() const {
  return state_->scan.has_value();
}

std::vector<float> VectorIndex::Vector(std::int32_t id) const {
  if (id < 0 || id >= size()) {
    throw Error(Code::kInvalidArgument,
                "there is no vector " + std::to_string(id) + " among " + std::to_string(size()));
  }
  return state_->vectors.Vector(id);
}

}  // namespace shortlist::index
