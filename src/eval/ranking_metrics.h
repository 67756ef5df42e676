// Quality of one shopper's shortlist, with binary gains.
#pragma once

#include <cstdint>
#include <span>

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

}  // namespace shortlist::eval
