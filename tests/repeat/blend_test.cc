#include "repeat/blend.h"

#include <algorithm>
#include <random>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/vector_index.h"
#include "repeat/own_purchases.h"
#include "shortlist/error.h"

namespace shortlist::repeat {
namespace {

constexpr std::int64_t kDimension = 6;
constexpr std::size_t kWidth = 7;  // with the item's own term
constexpr std::int64_t kNow = 100 * 86400;

RepeatWeights MakeWeights() {
  return {.half_lives_days = {20, 200},
          .of_values = {0.3, 0.2, -0.1, 0.4, -0.2, 0.1, 0.05, -0.03, -0.2},
          .of_similarity = -0.5,
          .of_item_term = 0.25,
          .model_sha256 = {}};
}

class BlendTest : public ::testing::Test {
 protected:
  std::vector<float> Random(std::size_t rows) {
    std::normal_distribution<float> normal;
    std::vector<float> values(rows * kWidth);
    for (float& value : values) value = normal(random_);
    for (std::size_t last = kWidth - 1; last < values.size(); last += kWidth) values[last] = std::abs(values[last]);
    return values;
  }

  void MakeHistory(std::size_t events, std::int32_t items) {
    for (std::size_t event = 0; event < events; ++event) {
      items_.push_back(static_cast<std::int32_t>(random_() % static_cast<unsigned>(items)));
      times_.push_back(static_cast<std::int64_t>(event) * 86400);
    }
  }

  // The model's order of the whole catalog, in float64 and without the blend's code.
  std::vector<std::int32_t> WholeOrder(std::span<const float> vectors, std::span<const float> shopper) const {
    const RepeatWeights weights = MakeWeights();
    const OwnItems own = OwnPurchases(weights.half_lives_days).Describe({items_, times_}, kNow);
    std::vector<std::pair<double, std::int32_t>> scored;
    for (std::size_t item = 0; item * kWidth < vectors.size(); ++item) {
      double similarity = 0;
      for (std::size_t d = 0; d < kDimension; ++d) similarity += shopper[d] * vectors[item * kWidth + d];
      const double item_term = shopper[kDimension] * vectors[item * kWidth + kDimension];
      double score = similarity + item_term;
      const auto found = std::ranges::find(own.items, static_cast<std::int32_t>(item));
      if (found != own.items.end()) {
        const auto place = static_cast<std::size_t>(found - own.items.begin()) * weights.of_values.size();
        for (std::size_t v = 0; v < weights.of_values.size(); ++v)
          score += weights.of_values[v] * own.values[place + v];
        score += weights.of_similarity * similarity + weights.of_item_term * item_term;
      }
      scored.emplace_back(-score, static_cast<std::int32_t>(item));
    }
    std::ranges::sort(scored);
    std::vector<std::int32_t> order;
    for (const auto& [score, item] : scored) order.push_back(item);
    return order;
  }

  std::vector<index::Neighbor> Best(const index::VectorIndex& index, std::span<const float> shopper,
                                    std::span<const std::int32_t> excluded, std::int64_t k) const {
    const Blend blend(MakeWeights(), kDimension);
    const auto own =
        blend.ScoreOwn(shopper, {items_, times_}, kNow, [&index](std::int32_t item) { return index.Vector(item); });
    std::vector<std::int32_t> left_out = index::IdsOf(own);
    left_out.insert(left_out.end(), excluded.begin(), excluded.end());
    std::ranges::sort(left_out);
    left_out.erase(std::unique(left_out.begin(), left_out.end()), left_out.end());
    return MergeBest(index.Search(shopper, k, left_out), own, excluded, k);
  }

  std::mt19937 random_{11};
  std::vector<std::int32_t> items_;
  std::vector<std::int64_t> times_;
};

TEST_F(BlendTest, MergesIntoTheOrderOfTheWholeCatalog) {
  constexpr std::size_t kItems = 300;
  MakeHistory(60, kItems);
  const std::vector<float> vectors = Random(kItems);
  const index::VectorIndex index = index::VectorIndex::Build({.kind = IndexKind::kFlat}, vectors, kWidth);
  for (int shopper = 0; shopper < 20; ++shopper) {
    std::vector<float> vector = Random(1);
    vector[kDimension] = 1;
    const std::vector<std::int32_t> whole = WholeOrder(vectors, vector);
    for (const std::int64_t k : {1, 10, 60, 300}) {
      const auto best = index::IdsOf(Best(index, vector, {}, k));
      EXPECT_EQ(best, std::vector<std::int32_t>(whole.begin(), whole.begin() + k));
    }
  }
}

TEST_F(BlendTest, NoOwnItemIsMissedByAnApproximateIndex) {
  constexpr std::size_t kItems = 6000;
  MakeHistory(40, kItems);
  const std::vector<float> vectors = Random(kItems);
  const index::VectorIndex index =
      index::VectorIndex::Build({.kind = IndexKind::kIvfFlat, .probes = 1}, vectors, kWidth);
  ASSERT_EQ(index.kind(), IndexKind::kIvfFlat);
  for (int shopper = 0; shopper < 10; ++shopper) {
    std::vector<float> vector = Random(1);
    vector[kDimension] = 1;
    const std::vector<index::Neighbor> best = Best(index, vector, {}, 20);
    // What the search found and the own items stand in the model's order, and no own item that belongs there is
    // missing.
    std::vector<std::int32_t> expected;
    const std::vector<std::int32_t> found = index::IdsOf(best);
    for (const std::int32_t item : WholeOrder(vectors, vector)) {
      const bool own = std::ranges::find(items_, item) != items_.end();
      if (expected.size() < best.size() && (own || std::ranges::find(found, item) != found.end())) {
        expected.push_back(item);
      }
    }
    EXPECT_EQ(found, expected);
  }
}

TEST_F(BlendTest, ExclusionsHoldForOwnItemsToo) {
  constexpr std::size_t kItems = 50;
  MakeHistory(10, kItems);
  const std::vector<float> vectors = Random(kItems);
  const index::VectorIndex index = index::VectorIndex::Build({.kind = IndexKind::kFlat}, vectors, kWidth);
  const std::vector<float> shopper = Random(1);
  std::vector<std::int32_t> excluded = {items_[0], items_[1]};
  std::ranges::sort(excluded);
  const auto best = index::IdsOf(Best(index, shopper, excluded, kItems));
  EXPECT_EQ(best.size(), kItems - (excluded[0] == excluded[1] ? 1 : 2));
  for (const std::int32_t item : excluded) EXPECT_THAT(best, ::testing::Not(::testing::Contains(item)));
}

TEST_F(BlendTest, RefusesWeightsOfAnotherNumber) {
  RepeatWeights weights = MakeWeights();
  weights.of_values.pop_back();
  EXPECT_THROW(Blend(weights, kDimension), Error);
}

}  // namespace
}  // namespace shortlist::repeat
