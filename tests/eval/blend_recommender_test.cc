#include "eval/blend_recommender.h"

#include <algorithm>
#include <memory>
#include <numeric>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "repeat/own_purchases.h"

namespace shortlist::eval {
namespace {

constexpr std::int64_t kWidth = 5;
constexpr std::int64_t kDimension = 4;
constexpr std::int32_t kItems = 80;
constexpr std::size_t kShoppers = DotProductRecommender::kBatch + 7;

repeat::RepeatWeights Weights() {
  return {.half_lives_days = {30},
          .of_values = {0.5, 0.4, -0.2, -0.1, 0.3, 0.05, -0.02, 0.1},
          .of_similarity = -0.3,
          .of_item_term = 0.7,
          .model_sha256 = {}};
}

class BlendRecommenderTest : public ::testing::Test {
 protected:
  BlendRecommenderTest() {
    std::normal_distribution<float> normal;
    item_vectors_.resize(kItems * kWidth);
    user_vectors_.resize(kShoppers * kWidth);
    for (float& value : item_vectors_) value = normal(random_);
    for (float& value : user_vectors_) value = normal(random_);
    for (std::size_t user = 0; user < kShoppers; ++user) {
      Query& query = queries_.emplace_back();
      query.user = static_cast<std::int64_t>(user);
      for (std::size_t event = 0; event < 1 + user % 30; ++event) {
        query.history.push_back(static_cast<std::int32_t>(random_() % kItems));
        query.times.push_back(static_cast<std::int64_t>(event) * 40000);
      }
      query.now = 2'000'000;
    }
    const auto encode = [this](std::span<const Query> queries) {
      std::vector<float> vectors;
      for (const Query& query : queries) {
        const auto row = user_vectors_.begin() + query.user * kWidth;
        vectors.insert(vectors.end(), row, row + kWidth);
      }
      return vectors;
    };
    const auto others = [&] {
      return std::make_unique<DotProductRecommender>("model", item_vectors_, kWidth, encode, *backend_);
    };
    others_ = others();
    blended_ =
        std::make_unique<BlendRecommender>(others(), item_vectors_, kWidth, repeat::Blend(Weights(), kDimension));
  }

  // Sorts the whole catalog.
  std::vector<std::int32_t> Expected(const Query& query, std::size_t k) const {
    const float* shopper = user_vectors_.data() + query.user * kWidth;
    const repeat::OwnItems own = repeat::OwnPurchases({30}).Describe({query.history, query.times}, query.now);
    std::vector<std::pair<double, std::int32_t>> scored;
    for (std::int32_t item = 0; item < kItems; ++item) {
      const float* vector = item_vectors_.data() + item * kWidth;
      const double similarity = std::inner_product(shopper, shopper + kDimension, vector, 0.0);
      const double item_term = static_cast<double>(shopper[kDimension]) * vector[kDimension];
      double score = similarity + item_term;
      const auto found = std::ranges::find(own.items, item);
      if (found != own.items.end()) {
        score += Weights().of_similarity * similarity + Weights().of_item_term * item_term;
        const float* values = own.values.data() + (found - own.items.begin()) * 8;
        score += std::inner_product(values, values + 8, Weights().of_values.begin(), 0.0);
      }
      scored.emplace_back(-score, item);
    }
    std::ranges::sort(scored);
    std::vector<std::int32_t> best;
    for (std::size_t i = 0; i < k; ++i) best.push_back(scored[i].second);
    return best;
  }

  std::mt19937 random_{3};
  std::unique_ptr<tensor::Backend> backend_ = tensor::MakeCpuBackend(1);
  std::vector<float> item_vectors_;
  std::vector<float> user_vectors_;
  std::vector<Query> queries_;
  std::unique_ptr<DotProductRecommender> others_;
  std::unique_ptr<BlendRecommender> blended_;
};

TEST_F(BlendRecommenderTest, RanksTheWholeCatalogInTheOrderOfTheModel) {
  const Rankings rankings = blended_->Rank(queries_, 20, SeenRule::kAllow);
  ASSERT_EQ(rankings.size(), kShoppers);
  for (std::size_t user = 0; user < kShoppers; ++user) EXPECT_EQ(rankings[user], Expected(queries_[user], 20)) << user;
}

TEST_F(BlendRecommenderTest, WithoutOwnItemsItIsTheDotProduct) {
  EXPECT_EQ(blended_->Rank(queries_, 10, SeenRule::kMask), others_->Rank(queries_, 10, SeenRule::kMask));
  EXPECT_NE(blended_->Rank(queries_, 10, SeenRule::kAllow), others_->Rank(queries_, 10, SeenRule::kAllow));
  EXPECT_EQ(blended_->Name(), "model");
}

}  // namespace
}  // namespace shortlist::eval
