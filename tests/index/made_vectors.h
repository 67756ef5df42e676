// Vectors and true answers for tests of search.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "index/neighbor.h"
#include "index/search_structure.h"
#include "shortlist/settings/index.h"

namespace shortlist::index {

// Row-major [count, width], in clusters and of unequal norm, like the item vectors of a trained model.
std::vector<float> MadeVectors(std::int64_t count, std::int64_t width, std::uint64_t seed);

// The k best by definition: every inner product in double, sorted.
std::vector<std::int32_t> TrueBest(std::span<const float> vectors, std::span<const float> query, std::int64_t k,
                                   std::span<const std::int32_t> excluded = {});

std::vector<std::int32_t> Ids(const std::vector<Neighbor>& neighbors);

// Share of `truth` that is in `given`.
double ShareFound(const std::vector<std::int32_t>& truth, const std::vector<std::int32_t>& given);

VectorIndexSettings SettingsOf(IndexKind kind);

inline std::string KindName(IndexKind kind) {
  return std::string(EnumNames<IndexKind>::kNames.at(static_cast<std::size_t>(kind)));
}

inline std::span<const float> Row(const std::vector<float>& vectors, std::int64_t width, std::int64_t row) {
  return std::span(vectors).subspan(static_cast<std::size_t>(row * width), static_cast<std::size_t>(width));
}

}  // namespace shortlist::index
