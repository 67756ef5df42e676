#include "eval/content.h"

#include <map>
#include <utility>

#include "eval/history_weights.h"

namespace shortlist::eval {

ContentRecommender::ContentRecommender(ItemContent content, const TimeSettings& settings,
                                       std::vector<std::int32_t> fallback, base::ThreadPool& pool)
    : BaselineRecommender(std::move(fallback), pool), content_(std::move(content)), settings_(settings) {}

void ContentRecommender::Score(const Query& query, ScoreBoard& board) const {
  std::map<std::int32_t, double> profile;
  for (const auto& [item, weight] : WeighHistory(query, settings_, RepeatRule::kSum)) {
    for (const ItemContent::Entry& feature : content_.OfItem(item)) profile[feature.id] += weight * feature.weight;
  }
  for (const auto& [id, weight] : profile) {
    for (const ItemContent::Entry& item : content_.WithFeature(id)) board.Add(item.id, weight * item.weight);
  }
}

}  // namespace shortlist::eval
