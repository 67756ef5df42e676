#include "index/ivf_flat.h"

#include <algorithm>
#include <memory>
#include <vector>

#include <faiss/IndexIVFFlat.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"
#include "index/openmp_threads.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

constexpr VectorShape kShape{5000, 7};

class IvfFlatTest : public ::testing::Test {
 protected:
  std::unique_ptr<faiss::Index> Build() const {
    const OpenMpThreads alone(1);
    return BuildIvfFlat(settings_, vectors_, kShape, nullptr);
  }

  VectorIndexSettings settings_;
  const std::vector<float> vectors_ = MadeVectors(kShape.count, kShape.width, 1);
};

TEST_F(IvfFlatTest, FindsTheBest) {
  const auto lists = OpenIvfFlat(settings_, Build(), kShape);
  const auto queries = MadeVectors(50, kShape.width, 2);
  double found = 0;
  for (std::int64_t q = 0; q < 50; ++q) {
    const auto query = Row(queries, kShape.width, q);
    found += ShareFound(TrueBest(vectors_, query, 10), Ids(lists->Nearest({query, 10, {}}, 10, 0).neighbors)) / 50;
  }
  EXPECT_GE(found, 0.97);
}

TEST_F(IvfFlatTest, ProbesFollowTheSettingsAndTheNeighborsAskedFor) {
  const auto query = Row(vectors_, kShape.width, 3);
  settings_.probes = 1;
  const auto few = OpenIvfFlat(settings_, Build(), kShape);
  EXPECT_EQ(few->MaxNeighbors(), 5000 / 4 / 16);
  EXPECT_LT(few->Nearest({query, 5000, {}}, 40, 0).neighbors.size(), 1000U);
  EXPECT_EQ(few->Nearest({query, 5000, {}}, 5000, 0).neighbors.size(), 5000U);
  settings_.probes = 1000;
  EXPECT_EQ(OpenIvfFlat(settings_, Build(), kShape)->MaxNeighbors(), 5000 / 16);
}

TEST_F(IvfFlatTest, RowsAreTheVectorsById) {
  const auto lists = OpenIvfFlat(settings_, Build(), kShape);
  const auto rows = lists->Vectors().rows;
  ASSERT_EQ(rows.size(), 5000U);
  for (std::int64_t i = 0; i < kShape.count; ++i) {
    const float* row = rows[static_cast<std::size_t>(i)];
    ASSERT_TRUE(std::equal(row, row + kShape.width, Row(vectors_, kShape.width, i).begin())) << i;
  }
}

TEST_F(IvfFlatTest, RefusesAnotherShapeOrCodeSize) {
  EXPECT_THROW(OpenIvfFlat(settings_, Build(), {5000, 8}), Error);
  EXPECT_THROW(OpenIvfFlat(settings_, Build(), {4999, 7}), Error);
  auto damaged = Build();
  dynamic_cast<faiss::IndexIVFFlat&>(*damaged).code_size = 4;
  EXPECT_THROW(OpenIvfFlat(settings_, std::move(damaged), kShape), Error);
  EXPECT_THROW(OpenIvfFlat(settings_, nullptr, kShape), Error);
}

}  // namespace
}  // namespace shortlist::index
