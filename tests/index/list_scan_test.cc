#include "index/list_scan.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <memory>
#include <numeric>
#include <vector>

#include <faiss/IndexFlat.h>
#include <faiss/IndexIVFFlat.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/equal_norms.h"
#include "index/inverted_lists.h"
#include "index/ivf_flat.h"
#include "index/ivf_sq8.h"
#include "index/made_vectors.h"
#include "index/openmp_threads.h"

namespace shortlist::index {
namespace {

using ::testing::IsEmpty;

constexpr std::int64_t kQueries = 30;

struct Case {
  IndexKind kind;
  VectorShape shape;
};

// Both kinds of codes; widths that fill registers, that leave a rest, and less than a register.
const std::vector<Case> kCases = {{IndexKind::kIvfFlat, {5000, 7}},  {IndexKind::kIvfFlat, {4200, 32}},
                                  {IndexKind::kIvfFlat, {4200, 65}}, {IndexKind::kIvfSq8, {5000, 7}},
                                  {IndexKind::kIvfSq8, {4200, 32}},  {IndexKind::kIvfSq8, {4200, 65}}};

class ListScanTest : public ::testing::TestWithParam<Case> {
 protected:
  ListScanTest() {
    const OpenMpThreads alone(1);
    VectorIndexSettings settings;
    settings.lists = 60;
    auto index =
        flat() ? BuildIvfFlat(settings, vectors_, shape(), nullptr) : BuildIvfSq8(settings, vectors_, shape(), nullptr);
    structure_ =
        flat() ? OpenIvfFlat(settings, std::move(index), shape()) : OpenIvfSq8(settings, std::move(index), shape());
    lists_ = dynamic_cast<const faiss::IndexIVF*>(&structure_->faiss_index());
  }

  bool flat() const { return GetParam().kind == IndexKind::kIvfFlat; }
  VectorShape shape() const { return GetParam().shape; }
  std::span<const float> Query(std::int64_t q) const { return Row(queries_, shape().width, q); }
  ListScan Scan() const { return {*lists_, structure_->Vectors()}; }

  std::vector<Neighbor> ByFaiss(std::int64_t q, std::int64_t k, std::int64_t probes) const {
    const OpenMpThreads alone(1);
    faiss::IVFSearchParameters probing;
    probing.nprobe = static_cast<std::size_t>(probes);
    std::vector<float> scores(static_cast<std::size_t>(k));
    std::vector<std::int64_t> ids(scores.size());
    lists_->search(1, Padded(Query(q), lists_->d).data(), k, scores.data(), ids.data(), &probing);
    std::vector<Neighbor> found;
    for (std::size_t i = 0; i < ids.size() && ids[i] >= 0; ++i)
      found.push_back({static_cast<std::int32_t>(ids[i]), scores[i]});
    return found;
  }

  // What the lists hold that Faiss visits and the query wants, scored by definition.
  std::vector<Neighbor> Wanted(const index::Query& query, std::int64_t q, std::int64_t probes) const {
    std::vector<Neighbor> wanted;
    for (const Neighbor& visited : ByFaiss(q, shape().count, probes)) {
      if (!Wants(query, visited.id)) continue;
      wanted.push_back({visited.id, structure_->Vectors().Score(query.vector.data(), visited.id)});
    }
    std::ranges::sort(wanted, Better);
    wanted.resize(std::min(wanted.size(), static_cast<std::size_t>(query.k)));
    return wanted;
  }

  const std::vector<float> vectors_ = MadeVectors(shape().count, shape().width, 1);
  const std::vector<float> queries_ = MadeVectors(kQueries, shape().width, 2);
  std::unique_ptr<SearchStructure> structure_;
  const faiss::IndexIVF* lists_ = nullptr;
};

bool Equal(const std::vector<Neighbor>& a, const std::vector<Neighbor>& b) {
  return std::ranges::equal(a, b,
                            [](const Neighbor& x, const Neighbor& y) { return x.id == y.id && x.score == y.score; });
}

TEST_P(ListScanTest, FindsWhatFaissFindsUpToRounding) {
  for (const std::int64_t probes : {1, 3, 16, 60, 1000}) {
    for (const std::int64_t k : {1, 10, 200}) {
      for (std::int64_t q = 0; q < kQueries; ++q) {
        const std::vector<Neighbor> found = Scan().Nearest({Query(q), k, {}}, probes).neighbors;
        const std::vector<Neighbor> expected = ByFaiss(q, k, std::min<std::int64_t>(probes, 60));
        ASSERT_EQ(found.size(), expected.size()) << probes << " probes, k " << k;
        for (std::size_t i = 0; i < found.size(); ++i) {
          ASSERT_NEAR(found[i].score, expected[i].score, 2e-5 * (1 + std::abs(expected[i].score)));
        }
        ASSERT_GE(ShareFound(Ids(expected), Ids(found)), 0.99);
      }
    }
  }
}

TEST_P(ListScanTest, PassesOverWhatIsNotWanted) {
  base::BitSet odd(shape().count);
  for (std::int64_t id = 1; id < shape().count; id += 2) odd.Insert(id);
  for (std::int64_t q = 0; q < kQueries; ++q) {
    auto excluded = TrueBest(vectors_, Query(q), 60);
    std::ranges::sort(excluded);
    for (const base::BitSet* allowed :
         {static_cast<const base::BitSet*>(nullptr), static_cast<const base::BitSet*>(&odd)}) {
      const index::Query query{Query(q), 20, excluded, allowed};
      const Found found = Scan().Nearest(query, 10);
      EXPECT_TRUE(Equal(found.neighbors, Wanted(query, q, 10))) << q;
      EXPECT_GT(found.passed_over, 0);
    }
  }
}

TEST_P(ListScanTest, CountsNoFewerPassedOverThanStandBeforeTheLast) {
  auto excluded = TrueBest(vectors_, Query(0), 100);
  std::ranges::sort(excluded);
  EXPECT_GE(Scan().Nearest({Query(0), 5, excluded}, 60).passed_over, flat() ? 100 : 95);
  EXPECT_EQ(Scan().Nearest({Query(0), 5, {}}, 60).passed_over, 0);
}

TEST_P(ListScanTest, GivesWhatThereIsIfMoreIsAskedFor) {
  EXPECT_EQ(Scan().Nearest({Query(0), 1'000'000, {}}, 60).neighbors.size(), static_cast<std::size_t>(shape().count));
  EXPECT_LT(Scan().Nearest({Query(0), 1'000'000, {}}, 1).neighbors.size(), static_cast<std::size_t>(shape().count));
  const base::BitSet nothing(shape().count);
  EXPECT_THAT(Scan().Nearest({Query(0), 10, {}, &nothing}, 60).neighbors, IsEmpty());
}

INSTANTIATE_TEST_SUITE_P(Codes, ListScanTest, ::testing::ValuesIn(kCases), [](const auto& tested) {
  return KindName(tested.param.kind) + "_" + std::to_string(tested.param.shape.width);
});

class ListScanOfFewTest : public ::testing::Test {
 protected:
  // Four lists around the points of `centroids_`, of which the last stays empty.
  ListScanOfFewTest() : quantizer_(1), index_(&quantizer_, 1, 4, faiss::METRIC_INNER_PRODUCT) {
    quantizer_.add(4, centroids_.data());
    index_.is_trained = true;
    index_.add(static_cast<std::int64_t>(vectors_.size()), vectors_.data());
    for (const std::uint8_t* code : CodesById(index_)) table_.rows.push_back(reinterpret_cast<const float*>(code));
  }

  const std::vector<float> centroids_ = {0, 10, 20, 30};
  std::vector<float> vectors_ = {1, 9, 9, 19, -1, 9};
  faiss::IndexFlatL2 quantizer_;
  faiss::IndexIVFFlat index_;
  VectorTable table_{{}, 1};
};

TEST_F(ListScanOfFewTest, VisitsNearestListsFirstAndEmptyOnesForNothing) {
  const ListScan scan(index_, table_);
  const float near_the_last = 26;
  EXPECT_THAT(scan.Nearest({{&near_the_last, 1}, 10, {}}, 1).neighbors, IsEmpty());
  EXPECT_THAT(Ids(scan.Nearest({{&near_the_last, 1}, 10, {}}, 2).neighbors), ::testing::ElementsAre(3));
  EXPECT_THAT(Ids(scan.Nearest({{&near_the_last, 1}, 10, {}}, 3).neighbors), ::testing::ElementsAre(3, 1, 2, 5));
}

TEST_F(ListScanOfFewTest, OfEqualScoresTakesTheSmallerIds) {
  const ListScan scan(index_, table_);
  const float query = 10;
  EXPECT_THAT(Ids(scan.Nearest({{&query, 1}, 2, {}}, 1).neighbors), ::testing::ElementsAre(1, 2));
}

TEST_F(ListScanOfFewTest, NeverFindsVectorsThatAreNotNumbers) {
  const auto list = index_.invlists->list_size(1);
  ASSERT_EQ(list, 3U);
  const float nan = std::numeric_limits<float>::quiet_NaN();
  index_.invlists->update_entry(1, 0, 1, reinterpret_cast<const std::uint8_t*>(&nan));
  const float query = 10;
  EXPECT_THAT(Ids(ListScan(index_, table_).Nearest({{&query, 1}, 10, {}}, 1).neighbors), ::testing::ElementsAre(2, 5));
}

}  // namespace
}  // namespace shortlist::index
