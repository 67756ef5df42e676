// Properties that hold for every baseline.
#include "eval/baseline_recommender.h"

#include <algorithm>
#include <functional>
#include <memory>
#include <random>
#include <set>

#include <gtest/gtest.h>

#include "eval/ease.h"
#include "eval/fixtures.h"
#include "eval/ials.h"
#include "eval/ials_factors.h"
#include "eval/interaction_lists.h"
#include "eval/item_knn.h"
#include "eval/item_popularity.h"
#include "eval/popularity.h"
#include "eval/repeat_frequency.h"

namespace shortlist::eval {
namespace {

constexpr std::int64_t kItems = 40;
constexpr std::size_t kUsers = 700;  // more than one task

std::vector<std::vector<Event>> RandomUsers() {
  std::mt19937 random(11);
  std::vector<std::vector<Event>> users(kUsers);
  for (std::vector<Event>& events : users) {
    const std::size_t length = 1 + random() % 60;
    for (std::size_t i = 0; i < length; ++i) {
      events.push_back({static_cast<std::int32_t>(random() % (1 + random() % kItems)), static_cast<std::int64_t>(i)});
    }
  }
  return users;
}

const std::vector<float> kSameFactors(kItems, 1);

using Maker = std::function<std::unique_ptr<Recommender>(const Parts&, base::ThreadPool&)>;

std::unique_ptr<Recommender> MakePopularity(const Parts& parts, base::ThreadPool& pool) {
  return std::make_unique<PopularityRecommender>("popularity", PopularityOrder(CountEvents(parts, kItems)), pool);
}

std::unique_ptr<Recommender> MakeItemKnn(const Parts& parts, base::ThreadPool& pool) {
  ItemKnnSettings settings;
  settings.neighbors = 3;
  return std::make_unique<ItemKnnRecommender>(ItemNeighbors(parts, kItems, settings, pool), settings,
                                              PopularityOrder(CountEvents(parts, kItems)), kSameFactors, pool);
}

std::unique_ptr<Recommender> MakeEase(const Parts& parts, base::ThreadPool& pool) {
  EaseSettings settings;
  settings.regularization = 2;
  return std::make_unique<EaseRecommender>(ItemPrecision(ItemsByUser(parts), kItems, settings, pool), settings,
                                           PopularityOrder(CountEvents(parts, kItems)), kSameFactors, pool);
}

std::unique_ptr<Recommender> MakeIals(const Parts& parts, base::ThreadPool& pool) {
  IalsSettings settings;
  settings.dimension = 5;
  return std::make_unique<IalsRecommender>(FitItemVectors(ItemsByUser(parts), kItems, settings, 1, pool), settings,
                                           PopularityOrder(CountEvents(parts, kItems)), kSameFactors, pool);
}

std::unique_ptr<Recommender> MakeRepeatFrequency(const Parts& parts, base::ThreadPool& pool) {
  return std::make_unique<RepeatFrequencyRecommender>(1, CountEvents(parts, kItems), pool);
}

class BaselineRecommenderTest : public ::testing::TestWithParam<Maker> {
 protected:
  BaselineRecommenderTest() {
    for (std::size_t user = 0; user < kUsers; ++user) {
      ReadHistory(parts_, static_cast<std::int64_t>(user), queries_.emplace_back());
    }
  }

  std::vector<std::vector<std::int32_t>> Rank(SeenRule seen, std::int64_t k, int threads = 2) const {
    base::ThreadPool pool(threads);
    return GetParam()(parts_, pool)->Rank(queries_, k, seen);
  }

  PartFixture part_{RandomUsers()};
  Parts parts_{part_.get()};
  std::vector<Query> queries_;
};

TEST_P(BaselineRecommenderTest, MaskingNeverShowsTheHistoryAndFillsEveryPlaceThatRemains) {
  const auto rankings = Rank(SeenRule::kMask, 20);
  for (std::size_t user = 0; user < kUsers; ++user) {
    std::set<std::int32_t> known(queries_[user].history.begin(), queries_[user].history.end());
    EXPECT_EQ(rankings[user].size(), std::min<std::size_t>(20, kItems - known.size()));
    for (const std::int32_t item : rankings[user]) EXPECT_TRUE(known.insert(item).second) << "user " << user;
  }
}

TEST_P(BaselineRecommenderTest, AllowingFillsEveryPlaceWithDistinctItems) {
  for (const std::vector<std::int32_t>& ranking : Rank(SeenRule::kAllow, 20)) {
    EXPECT_EQ(std::set<std::int32_t>(ranking.begin(), ranking.end()).size(), 20U);
  }
}

TEST_P(BaselineRecommenderTest, AShortListIsTheStartOfALongOne) {
  const auto longer = Rank(SeenRule::kMask, 20);
  const auto shorter = Rank(SeenRule::kMask, 7);
  for (std::size_t user = 0; user < kUsers; ++user) {
    EXPECT_TRUE(std::equal(shorter[user].begin(), shorter[user].end(), longer[user].begin()));
  }
}

TEST_P(BaselineRecommenderTest, TheNumberOfThreadsDoesNotMatter) {
  EXPECT_EQ(Rank(SeenRule::kMask, 20, 1), Rank(SeenRule::kMask, 20, 3));
}

INSTANTIATE_TEST_SUITE_P(Baselines, BaselineRecommenderTest,
                         ::testing::Values(MakePopularity, MakeItemKnn, MakeRepeatFrequency, MakeEase, MakeIals));

}  // namespace
}  // namespace shortlist::eval
