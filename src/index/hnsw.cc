#include "index/hnsw.h"

#include <algorithm>
#include <optional>
#include <utility>

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>

#include "index/flat.h"
#include "index/graph_walk.h"
#include "index/require.h"
#include "index/soundness.h"

namespace shortlist::index {
namespace {

// A walk of depth e takes about the time of a scan of this many times e vectors (measured: 65).
constexpr std::int64_t kScannedPerDepth = 64;
// A walk that keeps only as many nodes as are asked for finds the last of them badly, so it keeps more if the settings
// were not meant for so many neighbors.
constexpr std::int64_t kDepthPerNeighbor = 2;

// Node sizes, and where each node's links are.
void RequireLayout(const faiss::HNSW& hnsw, std::size_t count) {
  RequireStored(hnsw.levels.size() == count && hnsw.offsets.size() == count + 1,
                "its graph has another number of nodes");
  const auto& reach = hnsw.cum_nneighbor_per_level;
  RequireStored(reach.size() > 1 && reach[0] == 0 && std::is_sorted(reach.begin(), reach.end()),
                "its levels are unsound");
  RequireStored(hnsw.offsets[0] == 0 && hnsw.offsets[count] == hnsw.neighbors.size(), "its links are cut off");
  for (std::size_t node = 0; node < count; ++node) {
    const int levels = hnsw.levels[node];
    RequireStored(levels > 0 && static_cast<std::size_t>(levels) < reach.size(), "a node has an unknown level");
    const auto links = static_cast<std::size_t>(reach[static_cast<std::size_t>(levels)]);
    RequireStored(hnsw.offsets[node] + links == hnsw.offsets[node + 1], "a node has links of other nodes");
  }
}

void RequireLinks(const faiss::HNSW& hnsw, std::size_t node) {
  for (int level = 0; level < hnsw.levels[node]; ++level) {
    std::size_t begin = 0;
    std::size_t end = 0;
    hnsw.neighbor_range(static_cast<std::int64_t>(node), level, &begin, &end);
    for (std::size_t link = begin; link < end; ++link) {
      const auto neighbor = hnsw.neighbors[link];
      const bool sound = neighbor == -1 || (neighbor >= 0 && static_cast<std::size_t>(neighbor) < hnsw.levels.size() &&
                                            hnsw.levels[static_cast<std::size_t>(neighbor)] > level);
      RequireStored(sound, "a link leads out of the graph");
    }
  }
}

void RequireGraph(const faiss::HNSW& hnsw, std::size_t count) {
  RequireLayout(hnsw, count);
  for (std::size_t node = 0; node < count; ++node) RequireLinks(hnsw, node);
  const bool entry = hnsw.entry_point >= 0 && static_cast<std::size_t>(hnsw.entry_point) < count &&
                     hnsw.levels[static_cast<std::size_t>(hnsw.entry_point)] == hnsw.max_level + 1;
  RequireStored(entry, "its entry point is unsound");
}

// Of those that a walk met, best first.
Found BestWanted(const Query& query, std::span<const Neighbor> met) {
  BestNeighbors best(std::min(query.k, static_cast<std::int64_t>(met.size())));
  std::int64_t passed_over = 0;
  for (const Neighbor& neighbor : met) {
    if (neighbor.score < best.bar()) break;
    if (Wants(query, neighbor.id)) {
      best.Offer(neighbor);
    } else {
      ++passed_over;
    }
  }
  return {best.Take(), passed_over};
}

class Hnsw : public SearchStructure {
 public:
  Hnsw(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index, VectorShape shape)
      : index_(std::move(index)), depth_(settings.hnsw_search_depth), neighbors_(settings.neighbors) {
    graph_ = dynamic_cast<const faiss::IndexHNSWFlat*>(index_.get());
    RequireStored(graph_ != nullptr, "it is not a graph");
    RequireShape(*graph_, shape);
    const auto* flat = dynamic_cast<const faiss::IndexFlat*>(graph_->storage);
    RequireStored(flat != nullptr, "its graph has no vectors");
    RequireShape(*flat, shape);
    RequireFlat(*flat, shape);
    RequireGraph(graph_->hnsw, static_cast<std::size_t>(shape.count));
    walk_.emplace(graph_->hnsw, std::span(flat->get_xb(), static_cast<std::size_t>(shape.count * shape.width)),
                  shape.width);
    vectors_ = {RowsOf(*flat), shape.width};
  }

  const VectorTable& Vectors() const override { return vectors_; }
  std::int64_t MaxNeighbors() const override {
    const std::int64_t deepest = graph_->ntotal / kScannedPerDepth;
    return depth_ > deepest ? 0 : std::max(deepest / kDepthPerNeighbor, std::min(neighbors_, deepest));
  }
  const faiss::Index& faiss_index() const override { return *index_; }
  std::unique_ptr<faiss::Index> Release() override { return std::move(index_); }

  Found Nearest(const Query& query, std::int64_t count, std::int64_t unwanted) const override {
    const std::int64_t wanted = count <= neighbors_ ? count : count * kDepthPerNeighbor;
    return BestWanted(query, walk_->Nearest(query.vector.data(), std::max(depth_, wanted + unwanted)));
  }

 private:
  std::unique_ptr<faiss::Index> index_;
  const faiss::IndexHNSWFlat* graph_;
  VectorTable vectors_;
  std::optional<GraphWalk> walk_;
  std::int64_t depth_;
  std::int64_t neighbors_;  // that the depth is meant for
};

}  // namespace

std::unique_ptr<SearchStructure> OpenHnsw(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index,
                                          VectorShape shape) {
  return std::make_unique<Hnsw>(settings, std::move(index), shape);
}

void WalkHnsw(VectorShape shape, FaissLayout& file) {
  file.Header("IHNf", shape);
  file.Array(sizeof(double));        // the chance of each level
  file.Array(sizeof(std::int32_t));  // where the links of each level end
  file.Array(sizeof(std::int32_t), shape.count, "its graph has another number of nodes");
  file.Array(sizeof(std::uint64_t), shape.count + 1, "its graph has another number of nodes");
  file.Array(sizeof(std::int32_t));                                   // links
  for (int value = 0; value < 5; ++value) file.Read<std::int32_t>();  // entry point, levels and depths
  file.Flat("IxFI", shape);
}

}  // namespace shortlist::index
