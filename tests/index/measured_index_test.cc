#include "index/measured_index.h"

#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"

namespace shortlist::index {
namespace {

using ::testing::ElementsAre;

TEST(BuildMeasuredTest, AFlatIndexHasRecallOne) {
  const auto vectors = MadeVectors(300, 6, 1);
  base::ThreadPool pool(2);
  const MeasuredIndex flat = BuildMeasured({}, vectors, {MadeVectors(30, 6, 2), 6, 10}, pool);
  EXPECT_EQ(flat.summary.vectors, 300);
  EXPECT_EQ(flat.summary.kind, IndexKind::kFlat);
  EXPECT_EQ(flat.summary.recall.value, 1);
  EXPECT_EQ(flat.summary.recall.queries, 30);
  EXPECT_EQ(flat.summary.recall.k, 10);
  EXPECT_GT(flat.summary.query_microseconds, 0);
  EXPECT_GT(flat.summary.build_seconds, 0);
}

TEST(BuildMeasuredTest, AnApproximateIndexHasTheRecallOfItsAnswers) {
  const auto vectors = MadeVectors(5000, 6, 1);
  const auto queries = MadeVectors(40, 6, 2);
  VectorIndexSettings settings = SettingsOf(IndexKind::kIvfFlat);
  settings.probes = 2;
  base::ThreadPool pool(1);
  const MeasuredIndex lists = BuildMeasured(settings, vectors, {queries, 6, 10}, pool);
  double recall = 0;
  for (std::int64_t q = 0; q < 40; ++q) {
    const auto query = Row(queries, 6, q);
    recall += ShareFound(TrueBest(vectors, query, 10), Ids(lists.index.Search(query, 10))) / 40;
  }
  EXPECT_LT(recall, 1);
  EXPECT_NEAR(lists.summary.recall.value, recall, 1e-9);
}

TEST(MakeSampleTest, HoldsTheTruthPaddedToK) {
  const auto vectors = MadeVectors(3, 4, 1);
  const auto queries = MadeVectors(2, 4, 2);
  base::ThreadPool pool(1);
  const Sample sample = MakeSample(VectorIndex::Build({}, vectors, 4), vectors, {queries, 4, 5}, pool);
  EXPECT_EQ(sample.k, 5);
  EXPECT_EQ(sample.queries, queries);
  EXPECT_EQ(sample.index_recall, 1);
  ASSERT_EQ(sample.exact_ids.size(), 10U);
  const auto best = TrueBest(vectors, Row(queries, 4, 1), 5);
  EXPECT_THAT(std::span(sample.exact_ids).subspan(5), ElementsAre(best[0], best[1], best[2], -1, -1));
}

}  // namespace
}  // namespace shortlist::index
