#include "index/timed_search.h"

#include <array>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"

namespace shortlist::index {
namespace {

using ::testing::ElementsAre;

TEST(QuerySetTest, SpreadsWhatItKeepsOverAll) {
  const QuerySet ten{{0, 1, 2, 3, 4, 5, 6, 7, 8, 9}, 1, 3};
  EXPECT_THAT(ten.EvenlySpaced(4).queries, ElementsAre(0, 2, 5, 7));
  EXPECT_EQ(ten.EvenlySpaced(100).queries, ten.queries);
  EXPECT_EQ(ten.EvenlySpaced(4).k, 3);
  EXPECT_TRUE((QuerySet{{}, 2, 3}).EvenlySpaced(5).queries.empty());
}

TEST(AskAllTest, AnswersEveryQueryInItsPlace) {
  const auto vectors = MadeVectors(300, 6, 1);
  const VectorIndex index = VectorIndex::Build({}, vectors, 6);
  const QuerySet asked{MadeVectors(50, 6, 2), 6, 4};
  base::ThreadPool pool(2);
  const Answers answers = AskAll(index, asked, pool);
  ASSERT_EQ(answers.size(), 50U);
  for (const std::int64_t q : {0, 31, 49}) {
    EXPECT_EQ(Ids(answers[static_cast<std::size_t>(q)]), Ids(index.Search(asked.Query(q), 4)));
  }
}

TEST(TimeInTurnsTest, TimesEveryIndex) {
  const VectorIndex small = VectorIndex::Build({}, MadeVectors(50, 6, 1), 6);
  const VectorIndex large = VectorIndex::Build({}, MadeVectors(4000, 6, 1), 6);
  const std::array<const VectorIndex*, 2> indexes{&small, &large};
  const auto microseconds = TimeInTurns(indexes, {MadeVectors(3, 6, 2), 6, 4});
  ASSERT_EQ(microseconds.size(), 2U);
  EXPECT_GT(microseconds[0], 0);
  EXPECT_GT(microseconds[1], 0);
  EXPECT_THAT(TimeInTurns(indexes, {{}, 6, 4}), ElementsAre(0, 0));
}

}  // namespace
}  // namespace shortlist::index
