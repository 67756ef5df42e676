#include "eval/evaluation_set.h"

#include <algorithm>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::SizeIs;

// Shoppers: 0 has new and old targets, 1 has no history, 2 buys only what it had, 3 buys nothing.
class EvaluationSetTest : public ::testing::Test {
 protected:
  EvaluationSet Make(SeenRule seen, std::int64_t start = 100) const {
    return MakeEvaluationSet({train_.get(), validation_.get()}, *test_, start, kItems, seen, 0, 1);
  }

  static constexpr std::int64_t kItems = 6;
  PartFixture train_{{{{0, 10}, {1, 20}}, {}, {{2, 5}}, {{3, 1}}}};
  PartFixture validation_{{{{5, 50}}, {}, {}, {}}};
  PartFixture test_{{{{5, 110}, {4, 111}, {4, 112}, {1, 113}}, {{0, 120}}, {{2, 130}, {2, 131}}, {}}};
};

TEST_F(EvaluationSetTest, MaskingLeavesNewItemsOfShoppersWithAHistory) {
  const EvaluationSet set = Make(SeenRule::kMask);
  ASSERT_THAT(set.queries, SizeIs(1));
  EXPECT_EQ(set.queries[0].user, 0);
  EXPECT_THAT(set.queries[0].history, ElementsAre(0, 1, 5));
  EXPECT_THAT(set.targets, ElementsAre(ElementsAre(4)));
}

TEST_F(EvaluationSetTest, AllowingCountsEveryDistinctItem) {
  const EvaluationSet set = Make(SeenRule::kAllow);
  ASSERT_THAT(set.queries, SizeIs(2));
  EXPECT_EQ(set.queries[1].user, 2);
  EXPECT_THAT(set.targets, ElementsAre(ElementsAre(1, 4, 5), ElementsAre(2)));
}

TEST_F(EvaluationSetTest, PopularityIsOfTheTrainingPart) {
  EXPECT_THAT(Make(SeenRule::kMask).item_events, ElementsAre(1, 1, 1, 1, 0, 0));
}

TEST_F(EvaluationSetTest, NowIsTheStartOfThePartUnderASplitByTime) {
  for (const Query& query : Make(SeenRule::kAllow).queries) EXPECT_EQ(query.now, 100);
}

TEST_F(EvaluationSetTest, NowIsTheFirstEventWhereShoppersOverlap) {
  const EvaluationSet set = Make(SeenRule::kAllow, 50);
  EXPECT_EQ(set.queries[0].now, 110);
  EXPECT_EQ(set.queries[1].now, 130);
}

class SampledSetTest : public ::testing::Test {
 protected:
  EvaluationSet Make(std::int64_t max_users, std::int64_t seed) const {
    return MakeEvaluationSet({past_.get()}, *scored_, 1, 2, SeenRule::kMask, max_users, seed);
  }
  static std::vector<std::int64_t> Users(const EvaluationSet& set) {
    std::vector<std::int64_t> users;
    for (const Query& query : set.queries) users.push_back(query.user);
    return users;
  }

  static constexpr std::size_t kUsers = 100;
  PartFixture past_{std::vector<std::vector<Event>>(kUsers, {{0, 0}})};
  PartFixture scored_{std::vector<std::vector<Event>>(kUsers, {{1, 1}})};
};

TEST_F(SampledSetTest, KeepsAsManyAsWantedInOrderWithTheirTargets) {
  const EvaluationSet set = Make(30, 1);
  ASSERT_THAT(set.queries, SizeIs(30));
  EXPECT_THAT(set.targets, SizeIs(30));
  const std::vector<std::int64_t> users = Users(set);
  EXPECT_TRUE(std::is_sorted(users.begin(), users.end()));
  EXPECT_EQ(std::adjacent_find(users.begin(), users.end()), users.end());
}

TEST_F(SampledSetTest, DependsOnTheSeedAlone) {
  EXPECT_EQ(Users(Make(30, 1)), Users(Make(30, 1)));
  EXPECT_NE(Users(Make(30, 1)), Users(Make(30, 2)));
}

TEST_F(SampledSetTest, AWantAtLeastAsLargeAsTheSetKeepsAll) {
  EXPECT_THAT(Make(0, 1).queries, SizeIs(kUsers));
  EXPECT_THAT(Make(1000, 1).queries, SizeIs(kUsers));
}

}  // namespace
}  // namespace shortlist::eval
