#include "index/exact_search.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"

namespace shortlist::index {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(SearchExactlyTest, AgreesWithTheDefinition) {
  const auto vectors = MadeVectors(1000, 13, 1);
  const auto queries = MadeVectors(20, 13, 2);
  const VectorTable table = TableOf(vectors, 13);
  for (std::int64_t q = 0; q < 20; ++q) {
    const auto query = Row(queries, 13, q);
    EXPECT_EQ(Ids(SearchExactly(table, query.data(), 25, {})), TrueBest(vectors, query, 25));
  }
}

TEST(SearchExactlyTest, LeavesOutTheExcluded) {
  const auto vectors = MadeVectors(300, 8, 1);
  const auto query = Row(vectors, 8, 7);
  auto excluded = TrueBest(vectors, query, 20);
  std::sort(excluded.begin(), excluded.end());
  EXPECT_EQ(Ids(SearchExactly(TableOf(vectors, 8), query.data(), 10, excluded)),
            TrueBest(vectors, query, 10, excluded));
}

TEST(SearchExactlyTest, BreaksTiesByTheSmallerIdAcrossTheLastPlace) {
  const std::vector<float> vectors(200, 1.0F);
  const float query = 1;
  EXPECT_THAT(Ids(SearchExactly(TableOf(vectors, 1), &query, 3, std::vector<std::int32_t>{1})), ElementsAre(0, 2, 3));
}

TEST(SearchExactlyTest, GivesAllIfMoreAreAskedFor) {
  const auto vectors = MadeVectors(5, 4, 1);
  EXPECT_EQ(SearchExactly(TableOf(vectors, 4), vectors.data(), 1000000000, {}).size(), 5U);
  EXPECT_THAT(SearchExactly(TableOf({}, 4), vectors.data(), 3, {}), IsEmpty());
}

}  // namespace
}  // namespace shortlist::index
