#include "index/inverted_lists.h"

#include <algorithm>
#include <cmath>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVF.h>

#include "index/require.h"
#include "index/soundness.h"

namespace shortlist::index {
namespace {

constexpr double kListsPerRoot = 4;
// What Faiss holds to be enough for k-means; it complains on stderr about less.
constexpr std::int64_t kVectorsPerList = 39;
constexpr std::int64_t kVisitedPerNeighbor = 16;

void MarkList(const faiss::InvertedLists& lists, std::size_t list, std::vector<bool>& seen) {
  const faiss::InvertedLists::ScopedIds ids(&lists, list);
  for (std::size_t i = 0; i < lists.list_size(list); ++i) {
    const bool known = ids[i] >= 0 && static_cast<std::size_t>(ids[i]) < seen.size();
    RequireStored(known && !seen[static_cast<std::size_t>(ids[i])],
                  "a list has an id that is unknown or in another list");
    seen[static_cast<std::size_t>(ids[i])] = true;
  }
}

}  // namespace

std::int64_t ListCount(const VectorIndexSettings& settings, std::int64_t count) {
  const auto usual = static_cast<std::int64_t>(kListsPerRoot * std::sqrt(static_cast<double>(count)));
  const std::int64_t wanted = settings.lists > 0 ? settings.lists : usual;
  return std::max<std::int64_t>(1, std::min(wanted, count / kVectorsPerList));
}

std::unique_ptr<faiss::Index> Centroids(std::int64_t width) {
  return std::make_unique<faiss::IndexFlatL2>(width);
}

void FillLists(faiss::IndexIVF& index, std::span<const float> vectors) {
  const std::int64_t count = static_cast<std::int64_t>(vectors.size()) / index.d;
  // Faiss's choice for inner products, which would undo the equal norms.
  index.cp.spherical = false;
  index.train(count, vectors.data());
  index.add(count, vectors.data());
}

void RequireLists(const faiss::IndexIVF& index) {
  const auto* centroids = dynamic_cast<const faiss::IndexFlat*>(index.quantizer);
  RequireStored(centroids != nullptr && centroids->metric_type == faiss::METRIC_L2,
                "its centroids are not by distance");
  RequireFlat(*centroids, {static_cast<std::int64_t>(index.nlist), index.d});
  RequireStored(index.invlists != nullptr && index.invlists->nlist == index.nlist, "it has another number of lists");
  std::vector<bool> seen(static_cast<std::size_t>(index.ntotal));
  for (std::size_t list = 0; list < index.nlist; ++list) MarkList(*index.invlists, list, seen);
  RequireStored(std::find(seen.begin(), seen.end(), false) == seen.end(), "a vector is in no list");
}

std::int64_t ProbeCount(const VectorIndexSettings& settings, const faiss::IndexIVF& index) {
  return std::min(settings.probes, static_cast<std::int64_t>(index.nlist));
}

std::int64_t NeighborsWithin(const faiss::IndexIVF& index, std::int64_t probes) {
  return index.ntotal * probes / (static_cast<std::int64_t>(index.nlist) * kVisitedPerNeighbor);
}

std::int64_t ProbesFor(const faiss::IndexIVF& index, std::int64_t neighbors) {
  const std::int64_t visited = neighbors * kVisitedPerNeighbor * static_cast<std::int64_t>(index.nlist);
  return std::min(static_cast<std::int64_t>(index.nlist), (visited + index.ntotal - 1) / index.ntotal);
}

}  // namespace shortlist::index
