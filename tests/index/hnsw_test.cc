#include "index/hnsw.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexHNSW.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"
#include "index/openmp_threads.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

constexpr VectorShape kShape{3000, 8};

class HnswTest : public ::testing::Test {
 protected:
  HnswTest() {
    settings_.hnsw_build_depth = 40;
    settings_.hnsw_links = 16;
    settings_.hnsw_search_depth = 40;
  }

  std::unique_ptr<faiss::Index> Build() const {
    const OpenMpThreads alone(1);
    return BuildHnsw(settings_, vectors_, kShape);
  }

  // Whether an index to which this was done is refused.
  bool Refuses(const std::function<void(faiss::IndexHNSWFlat&)>& damage) const {
    auto index = Build();
    damage(dynamic_cast<faiss::IndexHNSWFlat&>(*index));
    try {
      OpenHnsw(settings_, std::move(index), kShape);
    } catch (const Error& error) {
      return error.code() == Code::kDataLoss;
    }
    return false;
  }

  VectorIndexSettings settings_;
  const std::vector<float> vectors_ = MadeVectors(kShape.count, kShape.width, 1);
};

TEST_F(HnswTest, FindsTheBest) {
  const auto graph = OpenHnsw(settings_, Build(), kShape);
  const auto queries = MadeVectors(50, kShape.width, 2);
  double found = 0;
  for (std::int64_t q = 0; q < 50; ++q) {
    const auto query = Row(queries, kShape.width, q);
    const std::vector<Neighbor> met = graph->Nearest({query, 100, {}}, 20, 0).neighbors;
    EXPECT_EQ(met.size(), 40U);
    found += ShareFound(TrueBest(vectors_, query, 10), Ids(met)) / 50;
  }
  EXPECT_GE(found, 0.97);
}

TEST_F(HnswTest, MakesRoomForEveryUnwantedVectorOnce) {
  const auto graph = OpenHnsw(settings_, Build(), kShape);
  const auto queries = MadeVectors(1, kShape.width, 2);
  EXPECT_EQ(graph->Nearest({Row(queries, kShape.width, 0), 100, {}}, 20, 30).neighbors.size(), 70U);
}

TEST_F(HnswTest, PassesOverTheExcludedAndCountsThem) {
  const auto graph = OpenHnsw(settings_, Build(), kShape);
  const auto query = Row(vectors_, kShape.width, 5);
  const std::vector<std::int32_t> all = Ids(graph->Nearest({query, 30, {}}, 20, 10).neighbors);
  std::vector<std::int32_t> excluded(all.begin(), all.begin() + 10);
  std::ranges::sort(excluded);
  const Found found = graph->Nearest({query, 20, excluded}, 20, 10);
  EXPECT_TRUE(std::equal(all.begin() + 10, all.end(), Ids(found.neighbors).begin()));
  EXPECT_EQ(found.passed_over, 10);
}

TEST_F(HnswTest, RowsAreTheVectors) {
  const auto graph = OpenHnsw(settings_, Build(), kShape);
  const auto rows = graph->Vectors().rows;
  ASSERT_EQ(rows.size(), 3000U);
  for (std::int64_t i : {0, 17, 2999}) {
    EXPECT_TRUE(std::equal(rows[static_cast<std::size_t>(i)], rows[static_cast<std::size_t>(i)] + kShape.width,
                           Row(vectors_, kShape.width, i).begin()));
  }
}

TEST_F(HnswTest, AWalkDeeperThanAScanIsNotTaken) {
  EXPECT_EQ(OpenHnsw(settings_, Build(), kShape)->MaxNeighbors(), 3000 / 64 / 2);
  settings_.hnsw_search_depth = 47;
  EXPECT_EQ(OpenHnsw(settings_, Build(), kShape)->MaxNeighbors(), 0);
}

TEST_F(HnswTest, RefusesUnsoundGraphs) {
  using Graph = faiss::IndexHNSWFlat;
  EXPECT_FALSE(Refuses([](Graph& /*graph*/) {}));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.neighbors[3] = 3000; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.neighbors[3] = -2; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.neighbors.pop_back(); }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.levels[9] = 0; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.levels[9] = 1000; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.levels.pop_back(); }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.offsets[10] += 1; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.cum_nneighbor_per_level[1] = 0; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.entry_point = 3000; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.hnsw.max_level += 1; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.ntotal = 2999; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.d = 9; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { graph.metric_type = faiss::METRIC_L2; }));
  EXPECT_TRUE(Refuses([](Graph& graph) { dynamic_cast<faiss::IndexFlat&>(*graph.storage).codes.resize(64); }));
}

TEST_F(HnswTest, RefusesALinkToANodeThatIsNotOnItsLevel) {
  EXPECT_TRUE(Refuses([](faiss::IndexHNSWFlat& graph) {
    std::size_t begin = 0;
    std::size_t end = 0;
    graph.hnsw.neighbor_range(graph.hnsw.entry_point, 1, &begin, &end);
    int low = 0;
    while (graph.hnsw.levels[static_cast<std::size_t>(low)] != 1) ++low;
    graph.hnsw.neighbors[begin] = low;
  }));
}

}  // namespace
}  // namespace shortlist::index
