// Quality of one shopper's shortlist, with binary gains.
#pragma once

#include <cstdint>
#include <span>
#include <string_view>

namespace shortlist::eval {

struct ShopperScores {
  double recall = 0;    // hits / |targets|
  double ndcg = 0;      // sum of 1 / log2(rank + 1) over hits, by that of min(k, |targets|) hits in front
  double hit_rate = 0;  // 1 if there is a hit
  double mrr = 0;       // 1 / rank of the first hit
};

// Scores the first k places of a ranking, best first, which may be shorter. Targets are sorted, unique, not empty.
ShopperScores ScoreRanking(std::span<const std::int32_t> ranking, std::span<const std::int32_t> targets,
                           std::int64_t k);

enum class MetricKind { kRecall, kNdcg, kHitRate, kMrr };

struct MetricName {
  MetricKind kind = MetricKind::kNdcg;
  std::int64_t k = 10;
};

// "ndcg@10". Throws Error{kInvalidArgument} naming the setting `field` for anything else than a known metric and a k of
// 1 to 10,000.
MetricName ParseMetric(std::string_view text, std::string_view field);

double ValueOf(const ShopperScores& scores, MetricKind kind);

}  // namespace shortlist::eval
