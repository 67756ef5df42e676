#include "index/tuning_grid.h"

#include <algorithm>
#include <cmath>

#include "index/inverted_lists.h"

namespace shortlist::index {
namespace {

constexpr std::int64_t kLargeCatalog = 200'000;
constexpr std::int64_t kDeepestWalk = 2000;
constexpr std::int64_t kCodesPerByte = 2;
constexpr std::int64_t kVisitedPerNeighbor = 3;

VectorIndexSettings Base(IndexKind kind, std::int64_t neighbors) {
  VectorIndexSettings settings;
  settings.kind = kind;
  settings.neighbors = neighbors;
  return settings;
}

// Multiples of the root of the count, without those that ListCount would make equal.
std::vector<std::int64_t> ListCounts(VectorShape shape) {
  std::vector<std::int64_t> counts;
  for (const double factor : {2.0, 4.0, 8.0}) {
    if (shape.count > kLargeCatalog && factor != 4.0) continue;
    VectorIndexSettings settings;
    settings.lists =
        std::max<std::int64_t>(1, static_cast<std::int64_t>(factor * std::sqrt(static_cast<double>(shape.count))));
    const std::int64_t count = ListCount(settings, shape.count);
    if (counts.empty() || count > counts.back()) counts.push_back(count);
  }
  return counts;
}

void AddLists(VectorShape shape, const VectorIndexSettings& base, std::vector<VectorIndexSettings>& grid) {
  for (const std::int64_t lists : ListCounts(shape)) {
    grid.push_back(base);
    grid.back().lists = lists;
  }
}

// Codes of two and of four values each.
void AddCodes(VectorShape shape, std::int64_t neighbors, std::vector<VectorIndexSettings>& grid) {
  for (const std::int64_t values : {2, 4}) {
    VectorIndexSettings codes = Base(IndexKind::kIvfPqFastScan, neighbors);
    codes.pq_bytes = (shape.width + values * kCodesPerByte) / (values * kCodesPerByte);
    AddLists(shape, codes, grid);
  }
}

}  // namespace

std::vector<VectorIndexSettings> TuningGrid(VectorShape shape, std::int64_t neighbors) {
  std::vector<VectorIndexSettings> grid{Base(IndexKind::kFlat, neighbors)};
  if (shape.count < kFewestStructured) return grid;
  AddLists(shape, Base(IndexKind::kIvfFlat, neighbors), grid);
  AddLists(shape, Base(IndexKind::kIvfSq8, neighbors), grid);
  AddCodes(shape, neighbors, grid);
  for (const std::int64_t links : {16, 32}) {
    grid.push_back(Base(IndexKind::kHnsw, neighbors));
    grid.back().hnsw_links = links;
  }
  return grid;
}

std::vector<VectorIndexSettings> SearchVariants(const VectorIndexSettings& settings) {
  if (settings.kind != IndexKind::kIvfPqFastScan) return {settings};
  std::vector<VectorIndexSettings> variants;
  for (const std::int64_t factor : {2, 4, 8, 16}) {
    variants.push_back(settings);
    variants.back().refine_factor = factor;
  }
  return variants;
}

SearchParameter SearchParameterOf(const VectorIndexSettings& settings, VectorShape shape) {
  if (settings.kind == IndexKind::kHnsw) {
    return {&VectorIndexSettings::hnsw_search_depth, settings.neighbors, std::max(settings.neighbors, kDeepestWalk)};
  }
  // Too few lists to hold the neighbors make a search scan everything, which would pass for reaching the target.
  const std::int64_t lists = ListCount(settings, shape.count);
  const std::int64_t held = (settings.neighbors * kVisitedPerNeighbor * lists + shape.count - 1) / shape.count;
  const std::int64_t least = std::min(lists, std::max<std::int64_t>(1, held));
  return {&VectorIndexSettings::probes, least, std::max(least, lists / 2)};
}

}  // namespace shortlist::index
