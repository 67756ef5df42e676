#include "index/batched_scan.h"

#include <algorithm>
#include <deque>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"
#include "index/stand_in_device.h"

namespace shortlist::index {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kWidth = 13;

// Vectors, and queries of every sort about them.
class BatchedScanTest : public ::testing::Test {
 protected:
  void Ask(std::int64_t row, std::int64_t k, std::vector<std::int32_t> excluded = {}) {
    excluded_.push_back(std::move(excluded));
    queries_.push_back({Row(asked_, kWidth, row), k, excluded_.back()});
  }

  // Ids and scores of the batch are those of its queries alone, with devices that work and fail and without.
  void ExpectAnswersOfSingleSearches(const std::vector<float>& vectors) {
    for (const ScanDevice& device : {WorkingDevice(), FullDevice(), LostDevice()}) {
      ExpectAnswersOfSingleSearches(vectors, BatchedScan(vectors, kWidth, &device));
    }
    ExpectAnswersOfSingleSearches(vectors, BatchedScan(vectors, kWidth));
  }

  void ExpectAnswersOfSingleSearches(const std::vector<float>& vectors, const BatchedScan& scan) const {
    const VectorTable table = TableOf(vectors, kWidth);
    const auto results = scan.Search(queries_);
    ASSERT_EQ(results.size(), queries_.size());
    for (std::size_t q = 0; q < queries_.size(); ++q) {
      const Query& query = queries_[q];
      const auto alone = SearchExactly(table, query.vector.data(), query.k, query.excluded);
      ASSERT_EQ(Ids(results[q]), Ids(alone)) << "query " << q;
      for (std::size_t i = 0; i < alone.size(); ++i) ASSERT_EQ(results[q][i].score, alone[i].score) << "query " << q;
    }
  }

  const std::vector<float> asked_ = MadeVectors(200, kWidth, 2);
  std::vector<Query> queries_;
  std::deque<std::vector<std::int32_t>> excluded_;
};

TEST_F(BatchedScanTest, GivesWhatSingleSearchesGive) {
  const std::vector<float> vectors = MadeVectors(3000, kWidth, 1);
  for (std::int64_t row = 0; row < 200; ++row) Ask(row, 1 + row * row % 300);
  ExpectAnswersOfSingleSearches(vectors);
}

TEST_F(BatchedScanTest, LeavesOutWhatEachQueryExcludes) {
  const std::vector<float> vectors = MadeVectors(3000, kWidth, 1);
  for (std::int64_t row = 0; row < 20; ++row) {
    std::vector<std::int32_t> best = TrueBest(vectors, Row(asked_, kWidth, row), row * 40);
    best.insert(best.end(), {-3, 3000, 1 << 30});
    std::ranges::sort(best);
    Ask(row, 25, best);
  }
  ExpectAnswersOfSingleSearches(vectors);
}

// All vectors have the same coordinates, each in another order, and those of a query are equal: scores that are equal
// in truth differ by what rounding does to a sum.
TEST_F(BatchedScanTest, TellsApartWhatDiffersByRoundingOnly) {
  std::vector<float> vectors;
  std::mt19937 random(5);
  for (int i = 0; i < 40; ++i) {
    std::vector<float> values = MadeVectors(1, kWidth, 3);
    std::ranges::shuffle(values, random);
    for (int copy = 0; copy < 50; ++copy) vectors.insert(vectors.end(), values.begin(), values.end());
  }
  const std::vector<float> ones(asked_.size(), 0.1F);
  for (std::int64_t row = 0; row < 20; ++row) {
    queries_.push_back({Row(ones, kWidth, row), 1 + row * 7, {}});
  }
  ExpectAnswersOfSingleSearches(vectors);
}

TEST_F(BatchedScanTest, EqualVectorsAreTies) {
  const std::vector<float> vectors(700 * kWidth, 0.3F);
  Ask(0, 3, {1, 5});
  Ask(1, 2);
  ExpectAnswersOfSingleSearches(vectors);
  EXPECT_THAT(Ids(BatchedScan(vectors, kWidth).Search(queries_)[0]), ElementsAre(0, 2, 3));
}

TEST_F(BatchedScanTest, GivesAllThatRemain) {
  const std::vector<float> vectors = MadeVectors(5, kWidth, 1);
  Ask(0, 1000000000);
  Ask(1, 3, {0, 1, 2, 3, 4});
  Ask(2, 3, {0, 1, 3});
  ExpectAnswersOfSingleSearches(vectors);
}

TEST_F(BatchedScanTest, FindsNothingAmongNoVectors) {
  Ask(0, 3);
  ExpectAnswersOfSingleSearches({});
}

TEST_F(BatchedScanTest, WithoutQueriesHasNothingToAnswer) {
  EXPECT_THAT(BatchedScan(MadeVectors(5, kWidth, 1), kWidth).Search({}), IsEmpty());
}

}  // namespace
}  // namespace shortlist::index
