#include "index/ivf_pq_fastscan.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexRefine.h>
#include <faiss/invlists/BlockInvertedLists.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"
#include "index/openmp_threads.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

constexpr VectorShape kShape{2000, 9};

class IvfPqFastScanTest : public ::testing::Test {
 protected:
  std::unique_ptr<faiss::Index> Build() const {
    const OpenMpThreads alone(1);
    return BuildIvfPqFastScan(settings_, vectors_, kShape, nullptr);
  }

  static faiss::IndexIVFPQFastScan& Codes(faiss::Index& index) {
    return dynamic_cast<faiss::IndexIVFPQFastScan&>(*dynamic_cast<faiss::IndexRefine&>(index).base_index);
  }

  static faiss::BlockInvertedLists& Lists(faiss::Index& index) {
    return dynamic_cast<faiss::BlockInvertedLists&>(*Codes(index).invlists);
  }

  bool Refuses(const std::function<void(faiss::Index&)>& damage) const {
    auto index = Build();
    damage(*index);
    try {
      OpenIvfPqFastScan(settings_, std::move(index), kShape);
    } catch (const Error& error) {
      return error.code() == Code::kDataLoss;
    }
    return false;
  }

  VectorIndexSettings settings_;
  const std::vector<float> vectors_ = MadeVectors(kShape.count, kShape.width, 1);
};

TEST_F(IvfPqFastScanTest, FindsTheBestAmongTheRefined) {
  const auto codes = OpenIvfPqFastScan(settings_, Build(), kShape);
  const auto queries = MadeVectors(50, kShape.width, 2);
  double found = 0;
  for (std::int64_t q = 0; q < 50; ++q) {
    const auto query = Row(queries, kShape.width, q);
    const std::vector<Neighbor> refined = codes->Nearest({query, 1000, {}}, 10, 0).neighbors;
    EXPECT_LE(refined.size(), 10U * static_cast<std::size_t>(settings_.refine_factor));
    found += ShareFound(TrueBest(vectors_, query, 10), Ids(refined)) / 50;
  }
  EXPECT_GE(found, 0.95);
}

TEST_F(IvfPqFastScanTest, RefinesAsManyWhateverIsUnwanted) {
  const auto codes = OpenIvfPqFastScan(settings_, Build(), kShape);
  const auto queries = MadeVectors(1, kShape.width, 2);
  const auto query = Row(queries, kShape.width, 0);
  std::vector<std::int32_t> best = Ids(codes->Nearest({query, 30, {}}, 10, 0).neighbors);
  std::ranges::sort(best);
  for (const std::vector<std::int32_t>& excluded : {std::vector<std::int32_t>(), best}) {
    const Found found = codes->Nearest({query, 1000, excluded}, 10, 30);
    EXPECT_EQ(found.neighbors.size(), 10U * static_cast<std::size_t>(settings_.refine_factor));
    EXPECT_EQ(found.passed_over, static_cast<std::int64_t>(excluded.size()));
  }
}

TEST_F(IvfPqFastScanTest, RowsAreTheVectors) {
  const auto codes = OpenIvfPqFastScan(settings_, Build(), kShape);
  const auto rows = codes->Vectors().rows;
  ASSERT_EQ(rows.size(), 2000U);
  for (std::int64_t i = 0; i < kShape.count; ++i) {
    const float* row = rows[static_cast<std::size_t>(i)];
    ASSERT_TRUE(std::equal(row, row + kShape.width, Row(vectors_, kShape.width, i).begin())) << i;
  }
}

TEST_F(IvfPqFastScanTest, CodesTakeAtMostTheBytesThatAreSet) {
  EXPECT_EQ(Codes(*Build()).pq.M, 5U);  // two values each of 9 + 1
  for (const std::int64_t bytes : {1, 2, 3, 5, 100}) {
    settings_.pq_bytes = bytes;
    const auto index = Build();
    EXPECT_LE(Codes(*index).pq.M, static_cast<std::size_t>(2 * bytes));
    EXPECT_NO_THROW(OpenIvfPqFastScan(settings_, Build(), kShape)) << bytes;
  }
}

TEST_F(IvfPqFastScanTest, RefusesUnsoundCodes) {
  using Index = faiss::Index;
  EXPECT_FALSE(Refuses([](Index& /*index*/) {}));
  EXPECT_TRUE(Refuses([](Index& index) { Codes(index).pq.centroids.resize(4); }));
  EXPECT_TRUE(Refuses([](Index& index) { Codes(index).pq.nbits = 8; }));
  EXPECT_TRUE(Refuses([](Index& index) { Codes(index).bbs = 64; }));
  EXPECT_TRUE(Refuses([](Index& index) { Codes(index).M2 = 100; }));
  EXPECT_TRUE(Refuses([](Index& index) { Codes(index).by_residual = true; }));
  EXPECT_TRUE(Refuses([](Index& index) { Lists(index).block_size = 1; }));
  EXPECT_TRUE(Refuses([](Index& index) { Lists(index).codes.pop_back(); }));
  EXPECT_TRUE(Refuses([](Index& index) { Lists(index).codes[0].resize(1); }));
  EXPECT_TRUE(Refuses([](Index& index) { Lists(index).ids[0].push_back(1); }));
}

TEST_F(IvfPqFastScanTest, RefusesVectorsThatAreMissing) {
  EXPECT_TRUE(Refuses([](faiss::Index& index) {
    auto& refined = dynamic_cast<faiss::IndexRefine&>(index);
    dynamic_cast<faiss::IndexFlat&>(*refined.refine_index).codes.resize(4);
  }));
  EXPECT_THROW(OpenIvfPqFastScan(settings_, std::make_unique<faiss::IndexFlatIP>(10), kShape), Error);
}

}  // namespace
}  // namespace shortlist::index
