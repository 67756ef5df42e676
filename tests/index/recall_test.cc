#include "index/recall.h"

#include <vector>

#include <gtest/gtest.h>

#include "index/made_vectors.h"

namespace shortlist::index {
namespace {

TEST(ExactAnswersTest, AreTheTruthWhateverTheThreads) {
  const auto vectors = MadeVectors(500, 6, 1);
  const auto queries = MadeVectors(70, 6, 2);
  base::ThreadPool pool(3);
  const Answers answers = ExactAnswers(vectors, queries, 6, 9, pool);
  ASSERT_EQ(answers.size(), 70U);
  for (std::int64_t q = 0; q < 70; ++q) {
    EXPECT_EQ(Ids(answers[static_cast<std::size_t>(q)]), TrueBest(vectors, Row(queries, 6, q), 9));
  }
}

TEST(CompareAnswersTest, IsTheMeanShareFound) {
  const Answers exact{{{1}, {2}}, {{3}, {4}}, {{5}}};
  const Answers given{{{2}, {1}}, {{9}, {4}}, {{6}}};
  const Recall recall = CompareAnswers(exact, given, 2);
  EXPECT_EQ(recall.k, 2);
  EXPECT_EQ(recall.queries, 3);
  EXPECT_DOUBLE_EQ(recall.value, 0.5);
  EXPECT_LT(recall.low, 0.5);
  EXPECT_GT(recall.high, 0.5);
}

TEST(CompareAnswersTest, TheIntervalIsWilsons) {
  Answers exact(100, {Neighbor{1}});
  Answers given(98, {Neighbor{1}});
  given.resize(100, {Neighbor{2}});
  const Recall recall = CompareAnswers(exact, given, 1);
  EXPECT_NEAR(recall.low, 0.9300, 1e-4);
  EXPECT_NEAR(recall.high, 0.9945, 1e-4);
}

TEST(CompareAnswersTest, PerfectAnswersLeaveDoubtAndNoQueriesAll) {
  const Answers perfect(1000, {Neighbor{1}});
  const Recall recall = CompareAnswers(perfect, perfect, 1);
  EXPECT_EQ(recall.value, 1);
  EXPECT_NEAR(recall.low, 0.9962, 1e-4);
  EXPECT_EQ(recall.high, 1);
  const Recall nothing = CompareAnswers({{}}, {{}}, 1);
  EXPECT_EQ(nothing.queries, 0);
  EXPECT_EQ(nothing.low, 0);
  EXPECT_EQ(nothing.high, 1);
}

}  // namespace
}  // namespace shortlist::index
