#include "eval/ranking_metrics.h"

#include <algorithm>
#include <cmath>

namespace shortlist::eval {
namespace {

double Gain(std::size_t place) {
  return 1 / std::log2(static_cast<double>(place) + 2);
}

double IdealGain(std::size_t hits) {
  double sum = 0;
  for (std::size_t place = 0; place < hits; ++place) sum += Gain(place);
  return sum;
}

}  // namespace

ShopperScores ScoreRanking(std::span<const std::int32_t> ranking, std::span<const std::int32_t> targets,
                           std::int64_t k) {
  const auto length = static_cast<std::size_t>(k);
  ShopperScores scores;
  double hits = 0;
  double gain = 0;
  for (std::size_t place = 0; place < std::min(length, ranking.size()); ++place) {
    if (!std::binary_search(targets.begin(), targets.end(), ranking[place])) continue;
    if (hits == 0) scores.mrr = 1 / static_cast<double>(place + 1);
    ++hits;
    gain += Gain(place);
  }
  scores.hit_rate = hits > 0 ? 1 : 0;
  scores.recall = hits / static_cast<double>(targets.size());
  scores.ndcg = hits > 0 ? gain / IdealGain(std::min(length, targets.size())) : 0;
  return scores;
}

}  // namespace shortlist::eval
