#include "index/inverted_lists.h"

#include <algorithm>
#include <cmath>
#include <cstring>
#include <exception>
#include <vector>

#include <faiss/Clustering.h>
#include <faiss/IndexFlat.h>
#include <faiss/IndexIVF.h>
#include <faiss/invlists/InvertedLists.h>

#include "base/log.h"
#include "index/require.h"
#include "index/soundness.h"

namespace shortlist::index {
namespace {

constexpr double kListsPerRoot = 4;
// What Faiss holds to be enough for k-means; it complains on stderr about less.
constexpr std::int64_t kVectorsPerList = 39;
constexpr std::int64_t kVisitedPerNeighbor = 16;

// Of ids in a mapped file, which may stand anywhere.
std::int64_t IdAt(const std::int64_t* ids, std::size_t place) {
  std::int64_t id = 0;
  std::memcpy(&id, ids + place, sizeof(id));
  return id;
}

void MarkList(const faiss::InvertedLists& lists, std::size_t list, std::vector<bool>& seen) {
  const faiss::InvertedLists::ScopedIds ids(&lists, list);
  for (std::size_t i = 0; i < lists.list_size(list); ++i) {
    const std::int64_t id = IdAt(ids.ids, i);
    const bool known = id >= 0 && static_cast<std::size_t>(id) < seen.size();
    RequireStored(known && !seen[static_cast<std::size_t>(id)], "a list has an id that is unknown or in another list");
    seen[static_cast<std::size_t>(id)] = true;
  }
}

void LearnCentroidsOn(const ScanDevice& device, std::span<const float> vectors, faiss::IndexIVF& index) {
  try {
    const std::unique_ptr<faiss::Index> centroids = device.MakeFlat(index.d, Nearness::kDistance);
    faiss::Clustering clustering(index.d, static_cast<int>(index.nlist), index.cp);
    clustering.train(static_cast<std::int64_t>(vectors.size()) / index.d, vectors.data(), *centroids);
    index.quantizer->add(static_cast<std::int64_t>(index.nlist), clustering.centroids.data());
  } catch (const std::exception& error) {
    index.quantizer->reset();
    base::LogWarning("centroids are learned on the CPU, because " + device.Name() + " failed: " + error.what());
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

void FillLists(faiss::IndexIVF& index, std::span<const float> vectors, const ScanDevice* device) {
  const std::int64_t count = static_cast<std::int64_t>(vectors.size()) / index.d;
  // Faiss's choice for inner products, which would undo the equal norms.
  index.cp.spherical = false;
  index.cp.niter = static_cast<int>(kTrainingRounds);
  index.cp.max_points_per_centroid = static_cast<int>(kTrainingVectorsPerList);
  if (device != nullptr) LearnCentroidsOn(*device, vectors, index);
  index.train(count, vectors.data());  // what is left to learn
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

void RequireListCodes(const faiss::IndexIVF& index) {
  RequireStored(index.invlists->code_size == index.code_size, "its lists hold other codes");
  const auto* lists = dynamic_cast<const faiss::ArrayInvertedLists*>(index.invlists);
  if (lists == nullptr) return;  // mapped, so their places follow from their sizes
  for (std::size_t list = 0; list < lists->nlist; ++list) {
    RequireStored(lists->codes[list].size() == lists->ids[list].size() * index.code_size,
                  "the codes of a list are cut off");
  }
}

std::vector<const std::uint8_t*> CodesById(const faiss::IndexIVF& index) {
  std::vector<const std::uint8_t*> codes(static_cast<std::size_t>(index.ntotal));
  for (std::size_t list = 0; list < index.nlist; ++list) {
    const std::uint8_t* first = index.invlists->get_codes(list);
    const auto* ids = index.invlists->get_ids(list);
    for (std::size_t i = 0; i < index.invlists->list_size(list); ++i) {
      codes[static_cast<std::size_t>(IdAt(ids, i))] = first + i * index.code_size;
    }
  }
  return codes;
}

ProbeRule::ProbeRule(const VectorIndexSettings& settings, const faiss::IndexIVF& index)
    : vectors_(index.ntotal),
      lists_(static_cast<std::int64_t>(index.nlist)),
      least_(std::min(settings.probes, lists_)),
      neighbors_(settings.neighbors) {}

std::int64_t ProbeRule::ProbesFor(std::int64_t neighbors) const {
  if (neighbors <= neighbors_) return least_;
  const std::int64_t visited = neighbors * kVisitedPerNeighbor * lists_;
  return std::max(least_, std::min(lists_, (visited + vectors_ - 1) / vectors_));
}

std::int64_t ProbeRule::NeighborsWithin(std::int64_t probes) const {
  const std::int64_t reliable = vectors_ * probes / (lists_ * kVisitedPerNeighbor);
  return probes >= least_ ? std::max(reliable, neighbors_) : reliable;
}

}  // namespace shortlist::index
