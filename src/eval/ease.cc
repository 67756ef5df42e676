#include "eval/ease.h"

#include <algorithm>
#include <utility>

#include "eval/history_weights.h"

namespace shortlist::eval {
namespace {

class EaseScorer : public BlockScorer {
 public:
  EaseScorer(const ItemPrecision& precision, std::span<const Query> queries, const EaseSettings& settings,
             base::ThreadPool& pool)
      : precision_(precision), pool_(pool) {
    for (const Query& query : queries) histories_.push_back(WeighHistory(query, settings, RepeatRule::kLast));
  }

  void Enter(Range candidates) override {
    candidates_ = candidates;
    columns_ = precision_.Columns(candidates.begin, candidates.end, scratch_, pool_);
    factors_.clear();
    for (std::int64_t i = 0; i < candidates.size(); ++i) factors_.push_back(-1 / Row(candidates.begin + i)[i]);
  }

  void Score(Range queries, std::span<float> scores) const override {
    std::fill(scores.begin(), scores.end(), 0.0F);
    for (std::int64_t query = queries.begin; query < queries.end; ++query) {
      float* row = scores.data() + (query - queries.begin) * candidates_.size();
      ScoreOne(histories_[static_cast<std::size_t>(query)], row);
    }
  }

 private:
  // Of the precision, at the candidates.
  const float* Row(std::int64_t item) const { return columns_.data + item * columns_.stride; }

  void ScoreOne(const std::vector<linear::WeightedItem>& history, float* scores) const {
    for (const linear::WeightedItem& event : history) {
      const float* row = Row(event.item);
      const auto weight = static_cast<float>(event.weight);
      for (std::int64_t i = 0; i < candidates_.size(); ++i) scores[i] += weight * row[i];
    }
    for (std::int64_t i = 0; i < candidates_.size(); ++i) scores[i] *= factors_[static_cast<std::size_t>(i)];
    // What an item of the history added to itself is taken out again.
    for (const linear::WeightedItem& event : history) {
      if (event.item < candidates_.begin || event.item >= candidates_.end) continue;
      scores[event.item - candidates_.begin] += static_cast<float>(event.weight);
    }
  }

  const ItemPrecision& precision_;
  base::ThreadPool& pool_;
  std::vector<std::vector<linear::WeightedItem>> histories_;
  Range candidates_;
  std::vector<float> scratch_;
  tensor::cpu::ConstTile columns_{};
  std::vector<float> factors_;  // -1 / P_jj
};

}  // namespace

EaseRecommender::EaseRecommender(ItemPrecision precision, const EaseSettings& settings,
                                 std::vector<std::int32_t> fallback, std::vector<float> factors, base::ThreadPool& pool)
    : BlockRecommender(std::move(fallback), std::move(factors), pool),
      precision_(std::move(precision)),
      settings_(settings) {}

std::unique_ptr<BlockScorer> EaseRecommender::MakeScorer(std::span<const Query> queries) const {
  return std::make_unique<EaseScorer>(precision_, queries, settings_, pool());
}

}  // namespace shortlist::eval
