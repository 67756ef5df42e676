#include "index/graph_walk.h"

#include <cstdint>
#include <set>
#include <utility>
#include <vector>

#include <faiss/IndexHNSW.h>
#include <gmock/gmock.h>

#include "index/made_vectors.h"
#include "index/openmp_threads.h"

namespace shortlist::index {
namespace {

using ::testing::ElementsAre;
using ::testing::UnorderedElementsAreArray;

class GraphWalkTest : public ::testing::Test {
 protected:
  static constexpr std::int64_t kNodes = 3000;
  static constexpr std::int64_t kWidth = 24;

  GraphWalkTest() : index_(kWidth, 8, faiss::METRIC_INNER_PRODUCT) {
    const OpenMpThreads alone(1);
    index_.hnsw.efConstruction = 40;
    index_.add(kNodes, vectors_.data());
  }

  GraphWalk Walk() const { return {index_.hnsw, vectors_, kWidth}; }

  std::vector<std::int32_t> Neighbors(std::int32_t node, int level) const {
    std::size_t begin = 0;
    std::size_t end = 0;
    index_.hnsw.neighbor_range(node, level, &begin, &end);
    std::vector<std::int32_t> neighbors(&index_.hnsw.neighbors[begin], &index_.hnsw.neighbors[end]);
    std::erase(neighbors, -1);
    return neighbors;
  }

  // SEARCH-LAYER of the paper, word for word, with similarities for distances: the nearest `depth` nodes, best first.
  std::vector<std::int32_t> SearchLayer(const float* query, std::int32_t entry, std::int64_t depth, int level) const {
    const VectorTable table = TableOf(vectors_, kWidth);
    using Node = std::pair<float, std::int32_t>;
    const Node start{table.Score(query, entry), entry};
    std::set<std::int32_t> visited = {entry};
    std::set<Node> candidates = {start};
    std::set<Node> nearest = {start};
    while (!candidates.empty()) {
      const Node best = *candidates.rbegin();
      candidates.erase(best);
      if (best.first < nearest.begin()->first) break;
      for (const std::int32_t neighbor : Neighbors(best.second, level)) {
        if (!visited.insert(neighbor).second) continue;
        const Node node{table.Score(query, neighbor), neighbor};
        if (node.first <= nearest.begin()->first && static_cast<std::int64_t>(nearest.size()) == depth) continue;
        candidates.insert(node);
        nearest.insert(node);
        if (static_cast<std::int64_t>(nearest.size()) > depth) nearest.erase(nearest.begin());
      }
    }
    std::vector<std::int32_t> ids;
    for (auto node = nearest.rbegin(); node != nearest.rend(); ++node) ids.push_back(node->second);
    return ids;
  }

  // Nodes of the lowest level to which links lead from the entry point.
  std::vector<std::int32_t> Reachable() const {
    std::vector<std::int32_t> nodes = {index_.hnsw.entry_point};
    std::set<std::int32_t> known(nodes.begin(), nodes.end());
    for (std::size_t next = 0; next < nodes.size(); ++next) {
      for (const std::int32_t neighbor : Neighbors(nodes[next], 0)) {
        if (known.insert(neighbor).second) nodes.push_back(neighbor);
      }
    }
    return nodes;
  }

  // K-NN-SEARCH of the paper.
  std::vector<std::int32_t> Nearest(const float* query, std::int64_t depth) const {
    std::int32_t entry = index_.hnsw.entry_point;
    for (int level = index_.hnsw.max_level; level > 0; --level) entry = SearchLayer(query, entry, 1, level).front();
    return SearchLayer(query, entry, depth, 0);
  }

  const std::vector<float> vectors_ = MadeVectors(kNodes, kWidth, 1);
  faiss::IndexHNSWFlat index_;
};

TEST_F(GraphWalkTest, KeepsWhatTheAlgorithmOfThePaperKeeps) {
  const std::vector<float> queries = MadeVectors(40, kWidth, 2);
  for (const std::int64_t depth : {1, 7, 40, 300}) {
    for (std::int64_t q = 0; q < 40; ++q) {
      const auto query = Row(queries, kWidth, q);
      EXPECT_EQ(Ids(Walk().Nearest(query.data(), depth)), Nearest(query.data(), depth)) << depth << ", query " << q;
    }
  }
}

TEST_F(GraphWalkTest, MeetsEveryNodeOnceThatLinksLeadTo) {
  const std::vector<float> query = MadeVectors(1, kWidth, 2);
  EXPECT_THAT(Ids(Walk().Nearest(query.data(), 2 * kNodes)), UnorderedElementsAreArray(Reachable()));
}

TEST(GraphWalkOfOneNodeTest, FindsIt) {
  faiss::IndexHNSWFlat index(2, 4, faiss::METRIC_INNER_PRODUCT);
  const std::vector<float> vector = {1, 2};
  index.add(1, vector.data());
  EXPECT_THAT(Ids(GraphWalk(index.hnsw, vector, 2).Nearest(vector.data(), 5)), ElementsAre(0));
}

}  // namespace
}  // namespace shortlist::index
