#include "eval/dot_product_recommender.h"

#include <algorithm>
#include <memory>
#include <random>

#include <gtest/gtest.h>

#include "eval/fixtures.h"
#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

constexpr std::int64_t kWidth = 8;
constexpr std::int64_t kItems = 50;
constexpr std::size_t kUsers = 2 * DotProductRecommender::kBatch + 3;

// Small whole numbers, so that dot products are exact and ties are frequent.
std::vector<float> RandomVectors(std::size_t rows, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(rows * kWidth);
  for (float& value : values) value = static_cast<float>(static_cast<int>(random() % 5) - 2);
  return values;
}

class DotProductRecommenderTest : public ::testing::Test {
 protected:
  DotProductRecommenderTest() {
    std::mt19937 random(3);
    for (std::size_t user = 0; user < kUsers; ++user) {
      std::vector<std::int32_t> history(random() % 60);
      for (std::int32_t& item : history) item = static_cast<std::int32_t>(random() % kItems);
      queries_.push_back(QueryOf(std::move(history)));
      queries_.back().user = static_cast<std::int64_t>(user);
    }
  }

  std::vector<float> Encode(std::span<const Query> queries) const {
    std::vector<float> vectors;
    for (const Query& query : queries) {
      const auto row = user_vectors_.begin() + query.user * kWidth;
      vectors.insert(vectors.end(), row, row + kWidth);
    }
    return vectors;
  }

  float Dot(std::size_t user, std::int32_t item) const {
    float sum = 0;
    for (std::size_t i = 0; i < kWidth; ++i) {
      sum += user_vectors_[user * kWidth + i] * item_vectors_[static_cast<std::size_t>(item) * kWidth + i];
    }
    return sum;
  }

  // Sorts the whole catalog.
  std::vector<std::int32_t> Expected(std::size_t user, std::size_t k, SeenRule seen) const {
    const std::vector<std::int32_t>& history = queries_[user].history;
    std::vector<std::int32_t> items;
    for (std::int32_t item = 0; item < kItems; ++item) {
      const bool known = std::find(history.begin(), history.end(), item) != history.end();
      if (seen == SeenRule::kAllow || !known) items.push_back(item);
    }
    std::stable_sort(items.begin(), items.end(),
                     [&](std::int32_t a, std::int32_t b) { return Dot(user, a) > Dot(user, b); });
    items.resize(std::min(k, items.size()));
    return items;
  }

  std::vector<float> user_vectors_ = RandomVectors(kUsers, 1);
  std::vector<float> item_vectors_ = RandomVectors(kItems, 2);
  std::vector<Query> queries_;
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(2);
  DotProductRecommender recommender_{"model", item_vectors_, kWidth,
                                     [this](std::span<const Query> queries) { return Encode(queries); }, *backend_};
};

TEST_F(DotProductRecommenderTest, RanksAsSortingTheWholeCatalogWould) {
  for (const SeenRule seen : {SeenRule::kMask, SeenRule::kAllow}) {
    const auto rankings = recommender_.Rank(queries_, 20, seen);
    ASSERT_EQ(rankings.size(), kUsers);
    for (std::size_t user = 0; user < kUsers; ++user) EXPECT_EQ(rankings[user], Expected(user, 20, seen)) << user;
  }
}

TEST_F(DotProductRecommenderTest, FewerItemsThanPlacesGiveWhatThereIs) {
  const auto rankings = recommender_.Rank({queries_.data(), 3}, 1000, SeenRule::kMask);
  for (std::size_t user = 0; user < 3; ++user) EXPECT_EQ(rankings[user], Expected(user, 1000, SeenRule::kMask));
}

TEST_F(DotProductRecommenderTest, NoQueriesGiveNoRankings) {
  EXPECT_TRUE(recommender_.Rank({}, 20, SeenRule::kMask).empty());
}

TEST_F(DotProductRecommenderTest, VectorsOfAnotherWidthAreRefused) {
  const auto encode = [this](std::span<const Query> queries) { return Encode(queries); };
  EXPECT_THROW(DotProductRecommender("model", item_vectors_, kWidth + 1, encode, *backend_), Error);
  const DotProductRecommender narrow("model", item_vectors_, kWidth / 2, encode, *backend_);
  EXPECT_THROW(narrow.Rank(queries_, 20, SeenRule::kMask), Error);
}

}  // namespace
}  // namespace shortlist::eval
