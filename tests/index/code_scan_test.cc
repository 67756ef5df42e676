#include "index/code_scan.h"

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <numeric>
#include <vector>

#include <faiss/IndexIVFPQFastScan.h>
#include <faiss/IndexRefine.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/equal_norms.h"
#include "index/ivf_pq_fastscan.h"
#include "index/made_vectors.h"
#include "index/openmp_threads.h"

namespace shortlist::index {
namespace {

using ::testing::IsEmpty;

constexpr std::int64_t kQueries = 30;
constexpr std::int64_t kLists = 60;

// Even and odd numbers of codes.
class CodeScanTest : public ::testing::TestWithParam<VectorShape> {
 protected:
  CodeScanTest() {
    const OpenMpThreads alone(1);
    VectorIndexSettings settings;
    settings.lists = kLists;
    index_ = BuildIvfPqFastScan(settings, MadeVectors(shape().count, shape().width, 1), shape(), nullptr);
    auto* codes = dynamic_cast<faiss::IndexRefine&>(*index_).base_index;
    codes_ = dynamic_cast<faiss::IndexIVFPQFastScan*>(codes);
    // Empty, and Faiss 1.7.3 reads it at a null pointer otherwise.
    codes_->precomputed_table.resize(1);
  }

  VectorShape shape() const { return GetParam(); }
  std::span<const float> Query(std::int64_t q) const { return Row(queries_, shape().width, q); }

  // Of all vectors.
  static std::vector<std::int32_t> Best(const CodeScan& scan, std::span<const float> query, std::int64_t probes,
                                        std::int64_t count) {
    return scan.Best({query, 1, {}}, probes, count, 0).ids;
  }

  std::vector<std::int32_t> ByFaiss(std::int64_t q, std::int64_t probes, std::int64_t count) {
    const OpenMpThreads alone(1);
    codes_->nprobe = static_cast<std::size_t>(probes);
    std::vector<float> estimates(static_cast<std::size_t>(count));
    std::vector<std::int64_t> ids(estimates.size());
    codes_->search(1, Padded(Query(q), codes_->d).data(), count, estimates.data(), ids.data());
    std::erase(ids, -1);
    return {ids.begin(), ids.end()};
  }

  // Those in the lists that a search visits.
  std::vector<std::int32_t> Visited(std::int64_t q, std::int64_t probes) {
    std::vector<std::int32_t> all = ByFaiss(q, probes, shape().count);
    std::ranges::sort(all);
    return all;
  }

  // Of the query and what the codes of the visited vectors stand for.
  std::map<std::int32_t, float> ProductsWithCodes(std::int64_t q, std::int64_t probes) {
    std::map<std::int32_t, float> products;
    const auto width = static_cast<std::size_t>(codes_->d);
    const std::vector<float> query = Padded(Query(q), codes_->d);
    std::vector<std::uint8_t> code(codes_->pq.code_size);
    std::vector<float> decoded(width);
    for (const std::int32_t id : Visited(q, probes)) {
      codes_->pq.compute_code(Vector(id).data(), code.data());
      codes_->pq.decode(code.data(), decoded.data());
      products[id] = std::inner_product(query.begin(), query.end(), decoded.begin(), 0.0F);
    }
    return products;
  }

  // As it was added to the index.
  std::vector<float> Vector(std::int32_t id) const {
    const auto* flat = dynamic_cast<faiss::IndexRefine&>(*index_).refine_index;
    std::vector<float> vector(static_cast<std::size_t>(codes_->d));
    flat->reconstruct(id, vector.data());
    return vector;
  }

  float Rounding(std::int64_t q) const {
    const std::vector<float> query = Padded(Query(q), codes_->d);
    const faiss::ProductQuantizer& pq = codes_->pq;
    float largest = 0;
    float sum = 0;
    for (std::size_t part = 0; part < pq.M; ++part) {
      std::vector<float> products;
      for (std::size_t entry = 0; entry < pq.ksub; ++entry) {
        const float* centroid = pq.get_centroids(part, entry);
        products.push_back(std::inner_product(centroid, centroid + pq.dsub, query.begin() + part * pq.dsub, 0.0F));
      }
      const auto [least, most] = std::ranges::minmax(products);
      largest = std::max(largest, most - least);
      sum += most - least;
    }
    const auto parts = static_cast<float>(pq.M);
    return parts * std::max(largest / 255, sum / (65535 - parts)) * 1.01F;
  }

  std::unique_ptr<faiss::Index> index_;
  faiss::IndexIVFPQFastScan* codes_ = nullptr;
  const std::vector<float> queries_ = MadeVectors(kQueries, shape().width, 2);
};

// The rounding of a table moves each of its entries by half a unit, and the largest spread of entries is 255 units or
// less.
TEST_P(CodeScanTest, NamesTheBestByTheirCodesUpToRounding) {
  const CodeScan scan(*codes_, shape().width);
  for (const std::int64_t probes : {10, 16, 60}) {
    for (std::int64_t q = 0; q < kQueries; ++q) {
      const std::map<std::int32_t, float> products = ProductsWithCodes(q, probes);
      ASSERT_GE(products.size(), 100U);
      std::vector<float> best;
      for (const auto& [id, product] : products) best.push_back(product);
      std::ranges::nth_element(best, best.begin() + 99, std::greater<>());
      const std::vector<std::int32_t> found = Best(scan, Query(q), probes, 100);
      ASSERT_EQ(found.size(), 100U);
      for (const std::int32_t id : found) ASSERT_GE(products.at(id), best[99] - Rounding(q)) << probes << " probes";
    }
  }
}

TEST_P(CodeScanTest, NamesEveryVectorOfItsListsOnceWhereMoreAreAskedFor) {
  const CodeScan scan(*codes_, shape().width);
  for (const std::int64_t probes : {1, 5, 1000}) {
    for (std::int64_t q = 0; q < kQueries; ++q) {
      std::vector<std::int32_t> found = Best(scan, Query(q), probes, 1 << 20);
      std::ranges::sort(found);
      ASSERT_EQ(found, Visited(q, std::min(probes, kLists))) << probes << " probes";
    }
  }
}

TEST_P(CodeScanTest, NamesFewAsTheBestOfMany) {
  const CodeScan scan(*codes_, shape().width);
  EXPECT_THAT(Best(scan, Query(0), 16, 0), IsEmpty());
  for (std::int64_t q = 0; q < kQueries; ++q) {
    const std::vector<std::int32_t> many = Best(scan, Query(q), 16, 200);
    for (const std::int64_t count : {1, 7, 150}) {
      const std::vector<std::int32_t> few = Best(scan, Query(q), 16, count);
      ASSERT_EQ(few.size(), static_cast<std::size_t>(count));
      ASSERT_EQ(ShareFound(few, many), 1.0);
    }
  }
}

TEST_P(CodeScanTest, TakesTheSmallerIdsOfEqualEstimates) {
  const CodeScan scan(*codes_, shape().width);
  const std::vector<float> nothing(static_cast<std::size_t>(shape().width));  // which all vectors are equal to
  std::vector<std::int32_t> all = Best(scan, nothing, 16, 1 << 20);
  std::ranges::sort(all);
  ASSERT_GT(all.size(), 20U);
  std::vector<std::int32_t> found = Best(scan, nothing, 16, 20);
  std::ranges::sort(found);
  EXPECT_EQ(found, std::vector(all.begin(), all.begin() + 20));
}

TEST_P(CodeScanTest, NamesTheBestThatAreWanted) {
  const CodeScan scan(*codes_, shape().width);
  for (std::int64_t q = 0; q < kQueries; ++q) {
    std::vector<std::int32_t> excluded = Best(scan, Query(q), 16, 30);
    std::ranges::sort(excluded);
    std::vector<std::int32_t> expected = Best(scan, Query(q), 16, 130);
    std::erase_if(expected, [&](std::int32_t id) { return std::ranges::binary_search(excluded, id); });
    Candidates found = scan.Best({Query(q), 1, excluded}, 16, 100, 30);
    std::ranges::sort(expected);
    std::ranges::sort(found.ids);
    ASSERT_EQ(found.ids, expected);
    ASSERT_EQ(found.passed_over, 30);
  }
}

TEST_P(CodeScanTest, TakesNoMoreThanAreAskedForWhereNoneIsUnwanted) {
  const CodeScan scan(*codes_, shape().width);
  const Candidates found = scan.Best({Query(0), 1, {}}, 16, 100, 30);
  EXPECT_EQ(found.ids.size(), 100U);
  EXPECT_EQ(ShareFound(found.ids, Best(scan, Query(0), 16, 100)), 1.0);
  EXPECT_EQ(found.passed_over, 0);
}

TEST_P(CodeScanTest, SaysHowManyOfTheBestAreUnwanted) {
  const CodeScan scan(*codes_, shape().width);
  std::vector<std::int32_t> excluded = Best(scan, Query(0), 16, 100);
  std::ranges::sort(excluded);
  const Candidates found = scan.Best({Query(0), 1, excluded}, 16, 20, 30);
  EXPECT_GE(found.passed_over, 50);
  EXPECT_LE(found.ids.size(), 20U);
}

INSTANTIATE_TEST_SUITE_P(Shapes, CodeScanTest,
                         ::testing::Values(VectorShape{5000, 7}, VectorShape{4200, 9}, VectorShape{4200, 64}));

}  // namespace
}  // namespace shortlist::index
