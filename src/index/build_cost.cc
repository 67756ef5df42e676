#include "index/build_cost.h"

#include <algorithm>
#include <cmath>

#include "index/inverted_lists.h"

namespace shortlist::index {
namespace {

constexpr double kFloat = 4;
constexpr double kId = 8;
constexpr double kLink = 4;

// Rates of one core.
constexpr double kAssignRate = 45e9;     // floating-point operations of finding nearest centroids
constexpr double kEncodeRate = 4e9;      // the same of finding codes
constexpr double kVisitSeconds = 95e-9;  // a node that is visited while a graph of vectors of 64 values is built

double ListsOf(const VectorIndexSettings& settings, VectorShape shape) {
  return static_cast<double>(ListCount(settings, shape.count));
}

// Learning the centroids, and finding the nearest of every vector.
double ClusterSeconds(double lists, double count, double width) {
  const double sample = std::min(count, lists * static_cast<double>(kTrainingVectorsPerList));
  return 2 * lists * width * (sample * kTrainingRounds + count) / kAssignRate;
}

BuildCost ListsCost(const VectorIndexSettings& settings, VectorShape shape, double bytes_per_vector, double width) {
  const auto count = static_cast<double>(shape.count);
  const double lists = ListsOf(settings, shape);
  return {count * (bytes_per_vector + kId) + lists * (width * kFloat + kId), ClusterSeconds(lists, count, width)};
}

BuildCost CodesCost(const VectorIndexSettings& settings, VectorShape shape) {
  const auto count = static_cast<double>(shape.count);
  const auto width = static_cast<double>(shape.width);
  // Two codes of two values each in a byte, unless the settings say less.
  const double code = settings.pq_bytes > 0 ? static_cast<double>(settings.pq_bytes) : std::ceil((width + 1) / 4);
  constexpr double kPadding = 15.5;  // codes that fill up the last block of a list, on average
  BuildCost cost = ListsCost(settings, shape, code + (width + 2) * kFloat, width + 1);
  cost.bytes += ListsOf(settings, shape) * kPadding * code;
  cost.cpu_seconds += count * (width + 1) * 16 * 2 / kEncodeRate;
  return cost;
}

BuildCost HnswCost(const VectorIndexSettings& settings, VectorShape shape) {
  const auto count = static_cast<double>(shape.count);
  const auto width = static_cast<double>(shape.width);
  const auto links = static_cast<double>(settings.hnsw_links);
  // Twice the links on the lowest level, and one more level for each 1 / links of the nodes.
  const double graph = links * 2 * kLink + links * kLink / (links - 1) + kId + kLink;
  constexpr double kGraphs = 2;  // by inner product, and by distance
  const double visits = static_cast<double>(settings.hnsw_build_depth) * std::sqrt(links) * kGraphs;
  // Distances to far vectors wait for memory, the longer the more vectors there are.
  const double per_visit = kVisitSeconds * std::max(0.5, std::log10(count) / 6) * (1 + width / 64) / 2;
  return {count * (width * kFloat + graph), count * visits * per_visit};
}

}  // namespace

BuildCost EstimateCost(const VectorIndexSettings& settings, VectorShape shape) {
  const auto count = static_cast<double>(shape.count);
  const auto width = static_cast<double>(shape.width);
  switch (KindInEffect(settings, shape.count)) {
    case IndexKind::kHnsw:
      return HnswCost(settings, shape);
    case IndexKind::kIvfFlat:
      return ListsCost(settings, shape, (width + 1) * kFloat, width + 1);
    case IndexKind::kIvfSq8:
      return ListsCost(settings, shape, std::ceil((width + 1) / 8) * 8, width + 1);
    case IndexKind::kIvfPqFastScan:
      return CodesCost(settings, shape);
    case IndexKind::kFlat:
    case IndexKind::kAuto:
      break;
  }
  return {count * width * kFloat, 0};
}

}  // namespace shortlist::index
