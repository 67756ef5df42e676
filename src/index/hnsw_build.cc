#include <algorithm>
#include <cstddef>

#include <faiss/IndexHNSW.h>

#include "index/equal_norms.h"
#include "index/hnsw.h"

namespace shortlist::index {
namespace {

// Places of a node's links on a level: those taken, and behind them those free.
struct Links {
  std::size_t begin = 0;
  std::size_t taken = 0;
  std::size_t end = 0;
};

Links LinksOf(const faiss::HNSW& graph, std::size_t node, int level) {
  Links links;
  graph.neighbor_range(static_cast<std::int64_t>(node), level, &links.begin, &links.end);
  links.taken = links.begin;
  while (links.taken < links.end && graph.neighbors[links.taken] >= 0) ++links.taken;
  return links;
}

// Adds those links of `from` to free places of `to` that it lacks.
void AddLinks(const faiss::HNSW& from, std::size_t node, int level, faiss::HNSW& to) {
  const Links source = LinksOf(from, node, level);
  Links target = LinksOf(to, node, level);
  const auto first = to.neighbors.begin() + static_cast<std::ptrdiff_t>(target.begin);
  const auto known = to.neighbors.begin() + static_cast<std::ptrdiff_t>(target.taken);
  for (std::size_t link = source.begin; link < source.taken && target.taken < target.end; ++link) {
    const auto neighbor = from.neighbors[link];
    if (std::find(first, known, neighbor) == known) to.neighbors[target.taken++] = neighbor;
  }
}

std::unique_ptr<faiss::IndexHNSWFlat> EmptyGraph(const VectorIndexSettings& settings, std::int64_t width,
                                                 faiss::MetricType metric) {
  auto graph =
      std::make_unique<faiss::IndexHNSWFlat>(static_cast<int>(width), static_cast<int>(settings.hnsw_links), metric);
  graph->hnsw.efConstruction = static_cast<int>(settings.hnsw_build_depth);
  return graph;
}

// On the levels of another graph, so that their links fit.
std::unique_ptr<faiss::IndexHNSWFlat> BuildByDistance(const VectorIndexSettings& settings,
                                                      std::span<const float> vectors, VectorShape shape,
                                                      const faiss::HNSW& other) {
  auto graph = EmptyGraph(settings, shape.width + 1, faiss::METRIC_L2);
  graph->hnsw.levels = other.levels;
  graph->add(shape.count, WithEqualNorms(vectors, shape, shape.width + 1).data());
  return graph;
}

}  // namespace

std::unique_ptr<faiss::Index> BuildHnsw(const VectorIndexSettings& settings, std::span<const float> vectors,
                                        VectorShape shape) {
  auto graph = EmptyGraph(settings, shape.width, faiss::METRIC_INNER_PRODUCT);
  graph->add(shape.count, vectors.data());
  if (HaveEqualNorms(vectors, shape)) return graph;
  faiss::HNSW& links = graph->hnsw;
  const auto by_distance = BuildByDistance(settings, vectors, shape, links);
  for (std::size_t node = 0; node < links.levels.size(); ++node) {
    for (int level = 0; level < links.levels[node]; ++level) AddLinks(by_distance->hnsw, node, level, links);
  }
  return graph;
}

}  // namespace shortlist::index
