#include <cmath>
#include <cstddef>
#include <memory>
#include <vector>

#include <faiss/IndexHNSW.h>
#include <gtest/gtest.h>

#include "index/hnsw.h"
#include "index/made_vectors.h"
#include "index/openmp_threads.h"

namespace shortlist::index {
namespace {

constexpr VectorShape kShape{3000, 8};

std::unique_ptr<faiss::Index> Build(const std::vector<float>& vectors) {
  const OpenMpThreads alone(1);
  VectorIndexSettings settings;
  settings.hnsw_build_depth = 40;
  settings.hnsw_links = 16;
  return BuildHnsw(settings, vectors, kShape);
}

const faiss::HNSW& GraphOf(const faiss::Index& index) {
  return dynamic_cast<const faiss::IndexHNSWFlat&>(index).hnsw;
}

std::vector<std::int32_t> LinksOf(const faiss::HNSW& graph, std::int32_t node) {
  std::size_t begin = 0;
  std::size_t end = 0;
  graph.neighbor_range(node, 0, &begin, &end);
  std::vector<std::int32_t> links;
  for (std::size_t link = begin; link < end && graph.neighbors[link] >= 0; ++link) {
    links.push_back(graph.neighbors[link]);
  }
  return links;
}

// Nodes to which a walk over the lowest level leads from the entry point.
std::size_t Reachable(const faiss::HNSW& graph) {
  std::vector<bool> seen(graph.levels.size());
  std::vector<std::int32_t> waiting{graph.entry_point};
  seen[static_cast<std::size_t>(graph.entry_point)] = true;
  std::size_t reached = 0;
  while (!waiting.empty()) {
    const std::int32_t node = waiting.back();
    waiting.pop_back();
    ++reached;
    for (const std::int32_t neighbor : LinksOf(graph, node)) {
      if (!seen[static_cast<std::size_t>(neighbor)]) waiting.push_back(neighbor);
      seen[static_cast<std::size_t>(neighbor)] = true;
    }
  }
  return reached;
}

TEST(HnswBuildTest, EveryVectorCanBeReachedWhateverItsNorm) {
  const auto index = Build(MadeVectors(kShape.count, kShape.width, 1));
  EXPECT_GE(Reachable(GraphOf(*index)), 2997U);
}

TEST(HnswBuildTest, NoNodeHasALinkTwice) {
  const auto index = Build(MadeVectors(kShape.count, kShape.width, 1));
  for (std::int32_t node = 0; node < kShape.count; ++node) {
    auto links = LinksOf(GraphOf(*index), node);
    std::sort(links.begin(), links.end());
    ASSERT_EQ(std::adjacent_find(links.begin(), links.end()), links.end()) << node;
  }
}

TEST(HnswBuildTest, OneThreadBuildsTheSameGraphAgain) {
  const auto vectors = MadeVectors(kShape.count, kShape.width, 1);
  const auto first = Build(vectors);
  EXPECT_TRUE(GraphOf(*first).neighbors == GraphOf(*Build(vectors)).neighbors);
}

TEST(HnswBuildTest, NormalizedVectorsNeedOneGraphOnly) {
  auto vectors = MadeVectors(kShape.count, kShape.width, 1);
  for (std::size_t i = 0; i < vectors.size(); i += 8) {
    float norm = 0;
    for (std::size_t j = i; j < i + 8; ++j) norm += vectors[j] * vectors[j];
    for (std::size_t j = i; j < i + 8; ++j) vectors[j] /= std::sqrt(norm);
  }
  const auto index = Build(vectors);
  EXPECT_GE(Reachable(GraphOf(*index)), 2997U);
  const OpenMpThreads alone(1);
  faiss::IndexHNSWFlat plain(8, 16, faiss::METRIC_INNER_PRODUCT);
  plain.hnsw.efConstruction = 40;
  plain.add(kShape.count, vectors.data());
  EXPECT_TRUE(GraphOf(*index).neighbors == plain.hnsw.neighbors);
}

}  // namespace
}  // namespace shortlist::index
