#include "eval/cold_start.h"

#include <algorithm>
#include <limits>

#include <gtest/gtest.h>

#include "eval/fixtures.h"
#include "eval/past_events.h"

namespace shortlist::eval {
namespace {

// Everybody gets the whole catalog in the order of its items.
class InOrder : public Recommender {
 public:
  explicit InOrder(std::int32_t items) : items_(items) {}
  std::string Name() const override { return "in_order"; }
  Rankings Rank(std::span<const Query> queries, std::int64_t k, SeenRule /*seen*/) const override {
    Rankings rankings;
    for (const Query& query : queries) {
      std::vector<std::int32_t> ranking;
      for (std::int32_t item = 0; item < items_ && static_cast<std::int64_t>(ranking.size()) < k; ++item) {
        if (std::ranges::count(query.history, item) == 0) ranking.push_back(item);
      }
      rankings.push_back(ranking);
    }
    return rankings;
  }

 private:
  std::int32_t items_;
};

// Items 0 to 3 are known, 4 to 6 new. Shopper 0 has a history, 1 and 2 are new, 3 is new with too few events.
class ColdStartTest : public testing::Test {
 protected:
  ColdStartTest() {
    settings_.k = {2};
    settings_.bootstrap_samples = 0;
    settings_.cold_start.first_events = {1, 2};
  }
  std::vector<ColdStartGroup> Make() { return MakeColdStartGroups(Parts{train_.get()}, *test_, 100, 7, settings_, 1); }

  PartFixture train_{{{{0, 1}, {1, 2}}, {}, {}, {}, {{2, 3}, {3, 4}}}};
  PartFixture test_{{{{1, 100}, {5, 101}, {6, 102}},
                     {{0, 100}, {4, 101}, {2, 102}, {0, 103}, {3, 104}},
                     {{3, 110}, {1, 111}, {0, 112}},
                     {{3, 100}, {2, 101}},
                     {}}};
  EvaluateSettings settings_;
};

TEST_F(ColdStartTest, NewItemsAreTargetsOfShoppersWithAHistory) {
  const std::vector<ColdStartGroup> groups = Make();
  ASSERT_EQ(groups.size(), 4U);
  EXPECT_EQ(groups[0].name, "new items");
  ASSERT_EQ(groups[0].set.queries.size(), 1U);
  EXPECT_EQ(groups[0].set.queries[0].user, 0);
  EXPECT_EQ(groups[0].set.targets[0], (std::vector<std::int32_t>{5, 6}));
  EXPECT_EQ(groups[1].among, (std::vector<std::int32_t>{4, 5, 6}));
  const InOrder order(7);
  EXPECT_EQ(EvaluateGroup(order, groups[0], settings_, 1).at.at(2).recall.value, 0) << "2 and 3 of all";
  EXPECT_EQ(EvaluateGroup(order, groups[1], settings_, 1).at.at(2).recall.value, 0.5) << "4 and 5 of the new ones";
}

TEST_F(ColdStartTest, NewShoppersAreKnownByTheirFirstEvents) {
  const std::vector<ColdStartGroup> groups = Make();
  EXPECT_EQ(groups[2].name, "first event");
  EXPECT_EQ(groups[3].name, "first 2 events");
  ASSERT_EQ(groups[2].set.queries.size(), 2U);
  EXPECT_EQ(groups[2].set.queries[0].history, (std::vector<std::int32_t>{0}));
  EXPECT_EQ(groups[3].set.queries[0].history, (std::vector<std::int32_t>{0, 4}));
  EXPECT_EQ(groups[3].set.queries[0].times, (std::vector<std::int64_t>{100, 101}));
  EXPECT_EQ(groups[3].set.queries[0].now, 102) << "when the shopper comes back";
  EXPECT_EQ(groups[2].set.targets, groups[3].set.targets);
  EXPECT_EQ(groups[2].set.targets[0], (std::vector<std::int32_t>{2, 3})) << "0 was among the first two";
}

TEST_F(ColdStartTest, TakesAtMostTheShoppersThatItMay) {
  settings_.cold_start.max_users = 1;
  const std::vector<ColdStartGroup> groups = Make();
  EXPECT_EQ(groups[2].set.queries.size(), 1U);
  EXPECT_EQ(groups[2].set.queries[0].user, groups[3].set.queries[0].user);
}

TEST_F(ColdStartTest, ThereAreNoGroupsWithoutNewOnes) {
  settings_.cold_start.first_events = {};
  EXPECT_EQ(Make().size(), 2U);
  const PartFixture test({{{3, 100}}, {}, {}, {}, {}});
  EXPECT_TRUE(MakeColdStartGroups(Parts{train_.get()}, *test, 100, 7, settings_, 1).empty());
}

}  // namespace
}  // namespace shortlist::eval
