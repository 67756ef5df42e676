#include "eval/ranking_metrics.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <random>
#include <set>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

using Items = std::vector<std::int32_t>;

// The definitions, written down once more without any shortcut: the ideal is the score of the best possible ranking.
double DiscountedGain(const Items& ranking, const std::set<std::int32_t>& targets, std::size_t k) {
  double gain = 0;
  for (std::size_t rank = 1; rank <= std::min(k, ranking.size()); ++rank) {
    if (targets.contains(ranking[rank - 1])) gain += std::log(2) / std::log(static_cast<double>(rank) + 1);
  }
  return gain;
}

ShopperScores Oracle(const Items& ranking, const std::set<std::int32_t>& targets, std::size_t k) {
  const Items shown(ranking.begin(), ranking.begin() + static_cast<std::ptrdiff_t>(std::min(k, ranking.size())));
  const auto is_hit = [&](std::int32_t item) { return targets.contains(item); };
  const auto hits = static_cast<double>(std::count_if(shown.begin(), shown.end(), is_hit));
  const auto first = std::find_if(shown.begin(), shown.end(), is_hit);
  ShopperScores scores;
  scores.recall = hits / static_cast<double>(targets.size());
  scores.ndcg = DiscountedGain(shown, targets, k) / DiscountedGain({targets.begin(), targets.end()}, targets, k);
  scores.hit_rate = hits > 0 ? 1 : 0;
  scores.mrr = first == shown.end() ? 0 : 1 / static_cast<double>(first - shown.begin() + 1);
  return scores;
}

TEST(RankingMetricsTest, AgreesWithTheDefinitionsOnRandomRankings) {
  std::mt19937 random(7);
  for (int round = 0; round < 2000; ++round) {
    Items catalog(30);
    std::iota(catalog.begin(), catalog.end(), 0);
    std::shuffle(catalog.begin(), catalog.end(), random);
    const Items ranking(catalog.begin(), catalog.begin() + static_cast<std::ptrdiff_t>(random() % 25));
    std::shuffle(catalog.begin(), catalog.end(), random);
    Items targets(catalog.begin(), catalog.begin() + 1 + static_cast<std::ptrdiff_t>(random() % 20));
    std::sort(targets.begin(), targets.end());
    const std::size_t k = 1 + random() % 22;
    const ShopperScores scores = ScoreRanking(ranking, targets, static_cast<std::int64_t>(k));
    const ShopperScores expected = Oracle(ranking, {targets.begin(), targets.end()}, k);
    ASSERT_DOUBLE_EQ(scores.recall, expected.recall);
    ASSERT_NEAR(scores.ndcg, expected.ndcg, 1e-12);
    ASSERT_DOUBLE_EQ(scores.hit_rate, expected.hit_rate);
    ASSERT_DOUBLE_EQ(scores.mrr, expected.mrr);
  }
}

TEST(RankingMetricsTest, APerfectRankingScoresOne) {
  const ShopperScores scores = ScoreRanking(Items{4, 2, 9}, Items{2, 4, 9}, 3);
  EXPECT_DOUBLE_EQ(scores.recall, 1);
  EXPECT_DOUBLE_EQ(scores.ndcg, 1);
  EXPECT_DOUBLE_EQ(scores.hit_rate, 1);
  EXPECT_DOUBLE_EQ(scores.mrr, 1);
}

TEST(RankingMetricsTest, MoreTargetsThanPlacesStillAllowAnIdealNdcg) {
  const ShopperScores scores = ScoreRanking(Items{1, 2}, Items{1, 2, 3, 4}, 2);
  EXPECT_DOUBLE_EQ(scores.recall, 0.5);
  EXPECT_DOUBLE_EQ(scores.ndcg, 1);
}

TEST(RankingMetricsTest, PlacesBeyondKDoNotCount) {
  const ShopperScores scores = ScoreRanking(Items{7, 8, 1}, Items{1}, 2);
  EXPECT_EQ(scores.recall, 0);
  EXPECT_EQ(scores.ndcg, 0);
  EXPECT_EQ(scores.hit_rate, 0);
  EXPECT_EQ(scores.mrr, 0);
}

TEST(ParseMetricTest, ReadsKindAndLength) {
  EXPECT_EQ(ParseMetric("recall@20", "train.early_stop.metric").kind, MetricKind::kRecall);
  EXPECT_EQ(ParseMetric("recall@20", "train.early_stop.metric").k, 20);
  EXPECT_EQ(ParseMetric("hit_rate@1", "train.early_stop.metric").kind, MetricKind::kHitRate);
  EXPECT_EQ(ParseMetric("mrr@5", "train.early_stop.metric").kind, MetricKind::kMrr);
}

TEST(ParseMetricTest, RefusesAnythingElse) {
  for (const char* text : {"ndcg", "ndcg@", "ndcg@0", "ndcg@ten", "ndcg@10x", "auc@10", "@10", "ndcg@99999", ""}) {
    try {
      ParseMetric(text, "train.early_stop.metric");
      FAIL() << text;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kInvalidArgument);
      EXPECT_NE(std::string(error.what()).find("early_stop.metric"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace shortlist::eval
