#include "eval/ranking_metrics.h"

#include <algorithm>
#include <array>
#include <charconv>
#include <cmath>
#include <string>
#include <system_error>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

constexpr std::int64_t kMostK = 10000;
constexpr std::array<std::pair<std::string_view, MetricKind>, 4> kKinds = {{{"recall", MetricKind::kRecall},
                                                                            {"ndcg", MetricKind::kNdcg},
                                                                            {"hit_rate", MetricKind::kHitRate},
                                                                            {"mrr", MetricKind::kMrr}}};

double Gain(std::size_t place) {
  return 1 / std::log2(static_cast<double>(place) + 2);
}

double IdealGain(std::size_t hits) {
  double sum = 0;
  for (std::size_t place = 0; place < hits; ++place) sum += Gain(place);
  return sum;
}

[[noreturn]] void Refuse(std::string_view text, std::string_view field) {
  throw Error(Code::kInvalidArgument, std::string(field) + ": '" + std::string(text) +
                                          "' is not a metric; write recall@k, ndcg@k, hit_rate@k or mrr@k with k from "
                                          "1 to 10000, for example ndcg@10");
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

MetricName ParseMetric(std::string_view text, std::string_view field) {
  const std::size_t at = text.find('@');
  if (at == std::string_view::npos) Refuse(text, field);
  const auto* kind = std::ranges::find(kKinds, text.substr(0, at), &std::pair<std::string_view, MetricKind>::first);
  MetricName metric;
  const auto [end, failure] = std::from_chars(text.data() + at + 1, text.data() + text.size(), metric.k);
  const bool is_number = failure == std::errc() && end == text.data() + text.size();
  if (kind == kKinds.end() || !is_number || metric.k < 1 || metric.k > kMostK) Refuse(text, field);
  metric.kind = kind->second;
  return metric;
}

double ValueOf(const ShopperScores& scores, MetricKind kind) {
  switch (kind) {
    case MetricKind::kRecall:
      return scores.recall;
    case MetricKind::kNdcg:
      return scores.ndcg;
    case MetricKind::kHitRate:
      return scores.hit_rate;
    case MetricKind::kMrr:
      break;
  }
  return scores.mrr;
}

}  // namespace shortlist::eval
