#include "index/vector_index.h"

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <limits>
#include <map>
#include <numeric>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "index/made_vectors.h"
#include "shortlist/error.h"

namespace shortlist::index {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

constexpr std::int64_t kCount = 6000;
constexpr std::int64_t kWidth = 12;
constexpr std::int64_t kQueries = 40;

class VectorIndexTest : public ::testing::TestWithParam<IndexKind> {
 protected:
  // Built once per kind: every test reads it only.
  const VectorIndex& index() const {
    static std::map<IndexKind, VectorIndex> indexes;
    const auto found = indexes.find(GetParam());
    if (found != indexes.end()) return found->second;
    VectorIndexSettings settings = SettingsOf(GetParam());
    settings.hnsw_build_depth = 60;
    return indexes.emplace(GetParam(), VectorIndex::Build(settings, vectors(), kWidth)).first->second;
  }

  static const std::vector<float>& vectors() {
    static const std::vector<float> made = MadeVectors(kCount, kWidth, 1);
    return made;
  }
  std::span<const float> query(std::int64_t q) const { return Row(queries_, kWidth, q); }

  const std::vector<float> queries_ = MadeVectors(kQueries, kWidth, 2);
};

TEST_P(VectorIndexTest, KnowsItsShape) {
  EXPECT_EQ(index().size(), kCount);
  EXPECT_EQ(index().width(), kWidth);
  EXPECT_EQ(index().kind(), GetParam());
}

TEST_P(VectorIndexTest, FindsMostOfTheBestAndFlatAll) {
  double recall = 0;
  for (std::int64_t q = 0; q < kQueries; ++q) {
    recall += ShareFound(TrueBest(vectors(), query(q), 10), Ids(index().Search(query(q), 10))) / kQueries;
  }
  EXPECT_GE(recall, GetParam() == IndexKind::kFlat ? 1.0 - 1e-9 : 0.95);
}

TEST_P(VectorIndexTest, ScoresAreInnerProductsBestFirst) {
  const auto best = index().Search(query(0), 30);
  ASSERT_EQ(best.size(), 30U);
  EXPECT_TRUE(std::is_sorted(best.begin(), best.end(), Better));
  for (const Neighbor& neighbor : best) {
    const auto row = Row(vectors(), kWidth, neighbor.id);
    const double score = std::inner_product(row.begin(), row.end(), query(0).begin(), 0.0);
    EXPECT_NEAR(neighbor.score, score, 1e-5 * std::abs(score));
  }
}

TEST_P(VectorIndexTest, VectorsComeBackExactly) {
  for (std::int32_t id = 0; id < kCount; ++id) {
    const auto vector = index().Vector(id);
    ASSERT_TRUE(std::ranges::equal(vector, Row(vectors(), kWidth, id))) << id;
  }
  EXPECT_THROW(index().Vector(-1), Error);
  EXPECT_THROW(index().Vector(kCount), Error);
}

TEST_P(VectorIndexTest, ExcludedNeverAppearAndCostNoPlaces) {
  for (const std::int64_t count : {1, 20, 63, 64, 65, 200, 3000, 5990}) {
    auto excluded = TrueBest(vectors(), query(1), count);
    std::ranges::sort(excluded);
    const auto best = index().Search(query(1), 10, excluded);
    ASSERT_EQ(best.size(), 10U) << count;
    for (const Neighbor& neighbor : best) EXPECT_FALSE(std::ranges::binary_search(excluded, neighbor.id));
    EXPECT_GE(ShareFound(TrueBest(vectors(), query(1), 10, excluded), Ids(best)), 0.7) << count;
  }
}

TEST_P(VectorIndexTest, ExcludingFarVectorsChangesNothing) {
  auto all = TrueBest(vectors(), query(2), kCount);
  std::vector<std::int32_t> worst(all.end() - 2000, all.end());
  std::ranges::sort(worst);
  EXPECT_GE(ShareFound(TrueBest(vectors(), query(2), 10), Ids(index().Search(query(2), 10, worst))), 0.7);
}

TEST_P(VectorIndexTest, ExcludedIdsThatDoNotExistAreIgnored) {
  const std::vector<std::int32_t> strangers{-7, -1, kCount, kCount + 5, std::numeric_limits<std::int32_t>::max()};
  EXPECT_EQ(Ids(index().Search(query(3), 10, strangers)), Ids(index().Search(query(3), 10)));
}

TEST_P(VectorIndexTest, GivesAllThatRemainWhenFewerThanK) {
  std::vector<std::int32_t> excluded(kCount - 3);
  std::iota(excluded.begin(), excluded.end(), 3);
  auto ids = Ids(index().Search(query(4), 10, excluded));
  std::ranges::sort(ids);
  EXPECT_THAT(ids, ElementsAre(0, 1, 2));
  excluded.resize(kCount);
  std::iota(excluded.begin(), excluded.end(), 0);
  EXPECT_THAT(index().Search(query(4), 10, excluded), IsEmpty());
  EXPECT_EQ(index().Search(query(4), 1000000000).size(), static_cast<std::size_t>(kCount));
}

TEST_P(VectorIndexTest, KOfEverySizeIsFilledWithDistinctIds) {
  for (const std::int64_t k : {1, 93, 94, 500, 5999, 6000}) {
    auto ids = Ids(index().Search(query(5), k));
    ASSERT_EQ(ids.size(), static_cast<std::size_t>(k));
    std::ranges::sort(ids);
    EXPECT_EQ(std::ranges::adjacent_find(ids), ids.end());
  }
}

TEST_P(VectorIndexTest, ABatchAnswersAsItsQueriesDoAlone) {
  std::vector<std::vector<std::int32_t>> excluded;
  for (std::int64_t q = 0; q < kQueries; ++q) {
    excluded.push_back(TrueBest(vectors(), query(q), q % 3 * 50));
    std::ranges::sort(excluded.back());
  }
  std::vector<Query> batch;
  for (std::int64_t q = 0; q < kQueries; ++q) batch.push_back({query(q), 1 + q, excluded[static_cast<std::size_t>(q)]});
  for (const std::size_t size : {0, 1, 2, 40}) {
    const std::vector<std::vector<Neighbor>> answers = index().SearchBatch(std::span(batch).first(size));
    ASSERT_EQ(answers.size(), size);
    for (std::size_t q = 0; q < size; ++q) {
      const auto alone = index().Search(batch[q].vector, batch[q].k, batch[q].excluded);
      EXPECT_EQ(Ids(answers[q]), Ids(alone));
      EXPECT_TRUE(std::ranges::equal(answers[q], alone, {}, &Neighbor::score, &Neighbor::score));
    }
  }
}

TEST_P(VectorIndexTest, GainsFromBatchesWhereItScans) {
  EXPECT_EQ(index().gains_from_batches(), GetParam() == IndexKind::kFlat);
}

TEST_P(VectorIndexTest, AnswersManyThreadsAtOnce) {
  std::vector<std::vector<std::int32_t>> expected;
  for (std::int64_t q = 0; q < kQueries; ++q) expected.push_back(Ids(index().Search(query(q), 10)));
  std::vector<std::thread> threads;
  std::vector<int> wrong(4, 0);
  for (std::size_t t = 0; t < wrong.size(); ++t) {
    threads.emplace_back([&, t] {
      for (std::int64_t q = 0; q < kQueries; ++q) {
        wrong[t] += Ids(index().Search(query(q), 10)) != expected[static_cast<std::size_t>(q)];
      }
    });
  }
  for (std::thread& thread : threads) thread.join();
  EXPECT_THAT(wrong, ElementsAre(0, 0, 0, 0));
}

TEST_P(VectorIndexTest, RefusesBadQueries) {
  EXPECT_THROW(index().Search(query(0), 0), Error);
  EXPECT_THROW(index().Search(query(0), -1), Error);
  EXPECT_THROW(index().Search(query(0).first(kWidth - 1), 5), Error);
  std::vector<float> bad(kWidth, 0);
  for (const float value : {std::nanf(""), std::numeric_limits<float>::infinity(), 1e30F}) {
    bad[3] = value;
    EXPECT_THROW(index().Search(bad, 5), Error) << value;
    EXPECT_THROW(index().SearchBatch(std::vector<Query>{{query(0), 5, {}}, {bad, 5, {}}}), Error) << value;
  }
  EXPECT_THROW(index().SearchBatch(std::vector<Query>{{query(0), 5, {}}, {query(1), 0, {}}}), Error);
  EXPECT_THROW(index().SearchBatch(std::vector<Query>{{query(0).first(kWidth - 1), 5, {}}}), Error);
}

TEST_P(VectorIndexTest, SearchesTheSameAfterLoading) {
  const ScratchDirectory folder;
  const std::filesystem::path path = folder / "index.faiss";
  index().Save(path);
  const VectorIndex loaded = VectorIndex::Load(path, SettingsOf(GetParam()), kCount, kWidth);
  for (std::int64_t q = 0; q < kQueries; ++q) {
    EXPECT_EQ(Ids(loaded.Search(query(q), 10)), Ids(index().Search(query(q), 10)));
  }
  EXPECT_THROW(VectorIndex::Load(path, SettingsOf(GetParam()), kCount - 1, kWidth), Error);
}

TEST_P(VectorIndexTest, EqualVectorsAreTies) {
  const std::vector<float> same(5000 * 4, 0.5F);
  VectorIndexSettings settings = SettingsOf(GetParam());
  settings.hnsw_build_depth = 20;
  const VectorIndex equal = VectorIndex::Build(settings, same, 4);
  const auto best = equal.Search(std::span(same).first(4), 10);
  ASSERT_EQ(best.size(), 10U);
  EXPECT_TRUE(std::is_sorted(best.begin(), best.end(), Better));
  for (const Neighbor& neighbor : best) EXPECT_EQ(neighbor.score, 1.0F);
}

TEST_P(VectorIndexTest, SmallCatalogsAreExactWithoutNoise) {
  ::testing::internal::CaptureStderr();
  for (const std::int64_t count : {0, 1, 2, 39, 217}) {
    const auto few = MadeVectors(count, 5, 3);
    const VectorIndex small = VectorIndex::Build(SettingsOf(GetParam()), few, 5);
    EXPECT_EQ(small.size(), count);
    EXPECT_EQ(Ids(small.Search(query(0).first(5), 3)), TrueBest(few, query(0).first(5), 3));
  }
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

TEST_P(VectorIndexTest, TheSmallestStructuredCatalogMakesNoNoiseEither) {
  VectorIndexSettings settings = SettingsOf(GetParam());
  settings.lists = 4096;
  settings.probes = 4096;
  ::testing::internal::CaptureStderr();
  const VectorIndex small = VectorIndex::Build(settings, MadeVectors(4096, 3, 1), 3);
  EXPECT_EQ(small.Search(query(0).first(3), 10).size(), 10U);
  EXPECT_EQ(::testing::internal::GetCapturedStderr(), "");
}

INSTANTIATE_TEST_SUITE_P(Kinds, VectorIndexTest,
                         ::testing::Values(IndexKind::kFlat, IndexKind::kHnsw, IndexKind::kIvfFlat,
                                           IndexKind::kIvfPqFastScan),
                         [](const auto& kind) { return KindName(kind.param); });

TEST(VectorIndexBuildTest, RefusesBadVectorsNamingTheRow) {
  std::vector<float> vectors(30, 1.0F);
  EXPECT_THROW(VectorIndex::Build({}, vectors, 7), Error);
  EXPECT_THROW(VectorIndex::Build({}, vectors, 0), Error);
  vectors[13] = std::nanf("");
  try {
    VectorIndex::Build({}, vectors, 3);
    ADD_FAILURE() << "a vector with NaN was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("vector 4"));
  }
}

TEST(VectorIndexBuildTest, SeveralThreadsBuildAsGoodAGraph) {
  const auto vectors = MadeVectors(6000, 8, 1);
  const VectorIndex index = VectorIndex::Build(SettingsOf(IndexKind::kHnsw), vectors, 8, 2);
  double recall = 0;
  for (std::int64_t q = 0; q < 20; ++q) {
    recall += ShareFound(TrueBest(vectors, Row(vectors, 8, q), 10), Ids(index.Search(Row(vectors, 8, q), 10))) / 20;
  }
  EXPECT_GE(recall, 0.95);
}

}  // namespace
}  // namespace shortlist::index
