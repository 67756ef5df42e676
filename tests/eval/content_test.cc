#include "eval/content.h"

#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

TEST(ContentRecommender, RanksByLikenessWithTheHistory) {
  base::EncodedFeatures features;
  features.rows = 4;
  features.categorical.resize(1);
  for (const std::int32_t kind : {0, 0, 1, 1}) {
    features.categorical[0].Append(kind, 1);
    features.categorical[0].EndRow();
  }
  base::ThreadPool pool(1);
  const ContentRecommender content(ItemContent(features), {}, {2, 1, 0, 3}, pool);
  EXPECT_EQ(content.Name(), "content");
  const std::vector<Query> queries = {QueryOf({0}), QueryOf({3})};
  const Rankings rankings = content.Rank(queries, 4, SeenRule::kMask);
  EXPECT_EQ(rankings[0], (std::vector<std::int32_t>{1, 2, 3})) << "its like, then what is popular";
  EXPECT_EQ(rankings[1], (std::vector<std::int32_t>{2, 1, 0}));
}

}  // namespace
}  // namespace shortlist::eval
