#include "eval/block_recommender.h"

#include <algorithm>
#include <utility>

namespace shortlist::eval {
namespace {

constexpr std::int64_t kCandidatesPerBlock = 1024;
constexpr std::int64_t kQueriesPerTask = 64;

struct ScoredItem {
  float score = 0;
  std::int32_t item = 0;
};

bool IsBetter(const ScoredItem& a, const ScoredItem& b) {
  return a.score != b.score ? a.score > b.score : a.item < b.item;
}

// The k best of the items offered, with the worst of them in front.
class BestItems {
 public:
  explicit BestItems(std::int64_t k) : wanted_(static_cast<std::size_t>(k)) {}

  // Items come in rising order, so that of equal ones the first stay.
  void Offer(std::int32_t item, float score) {
    if (score <= threshold_) return;
    if (heap_.size() == wanted_) {
      std::pop_heap(heap_.begin(), heap_.end(), IsBetter);
      heap_.pop_back();
    }
    heap_.push_back({score, item});
    std::push_heap(heap_.begin(), heap_.end(), IsBetter);
    if (heap_.size() == wanted_) threshold_ = heap_.front().score;
  }

  std::vector<std::int32_t> Take() {
    std::sort_heap(heap_.begin(), heap_.end(), IsBetter);
    std::vector<std::int32_t> items;
    for (const ScoredItem& best : heap_) items.push_back(best.item);
    return items;
  }

 private:
  std::size_t wanted_;
  float threshold_ = 0;
  std::vector<ScoredItem> heap_;
};

using SortedItems = std::vector<std::int32_t>;

std::vector<SortedItems> ItemsToLeaveOut(std::span<const Query> queries, SeenRule seen) {
  std::vector<SortedItems> excluded(queries.size());
  if (seen == SeenRule::kAllow) return excluded;
  for (std::size_t query = 0; query < queries.size(); ++query) {
    excluded[query] = queries[query].history;
    std::sort(excluded[query].begin(), excluded[query].end());
  }
  return excluded;
}

void OfferBlock(Range candidates, std::span<float> scores, std::span<const float> factors, const SortedItems& excluded,
                BestItems& best) {
  for (std::int64_t i = 0; i < candidates.size(); ++i) scores[i] *= factors[candidates.begin + i];
  for (auto item = std::lower_bound(excluded.begin(), excluded.end(), candidates.begin);
       item != excluded.end() && *item < candidates.end; ++item) {
    scores[*item - candidates.begin] = 0;
  }
  for (std::int64_t i = 0; i < candidates.size(); ++i) {
    best.Offer(static_cast<std::int32_t>(candidates.begin + i), scores[i]);
  }
}

void FillUp(std::span<const std::int32_t> fallback, const SortedItems& excluded, std::size_t wanted,
            std::vector<std::int32_t>& ranking) {
  const std::size_t scored = ranking.size();
  for (std::size_t i = 0; i < fallback.size() && ranking.size() < wanted; ++i) {
    const auto scored_end = ranking.begin() + static_cast<std::ptrdiff_t>(scored);
    if (std::binary_search(excluded.begin(), excluded.end(), fallback[i])) continue;
    if (std::find(ranking.begin(), scored_end, fallback[i]) == scored_end) ranking.push_back(fallback[i]);
  }
}

}  // namespace

BlockRecommender::BlockRecommender(std::vector<std::int32_t> fallback, std::vector<float> factors,
                                   base::ThreadPool& pool)
    : fallback_(std::move(fallback)), factors_(std::move(factors)), pool_(&pool) {}

std::vector<std::vector<std::int32_t>> BlockRecommender::Rank(std::span<const Query> queries, std::int64_t k,
                                                              SeenRule seen) const {
  std::vector<BestItems> best(queries.size(), BestItems(k));
  const std::vector<SortedItems> excluded = ItemsToLeaveOut(queries, seen);
  const auto items = static_cast<std::int64_t>(fallback_.size());
  const auto count = static_cast<std::int64_t>(queries.size());
  const std::unique_ptr<BlockScorer> scorer = MakeScorer(queries);
  for (std::int64_t begin = 0; begin < items; begin += kCandidatesPerBlock) {
    const Range candidates{begin, std::min(begin + kCandidatesPerBlock, items)};
    scorer->Enter(candidates);
    pool_->ParallelFor(count, kQueriesPerTask, [&](std::int64_t first, std::int64_t last) {
      std::vector<float> scores(static_cast<std::size_t>((last - first) * candidates.size()));
      scorer->Score({first, last}, scores);
      for (std::int64_t query = first; query < last; ++query) {
        const auto row = std::span(scores).subspan((query - first) * candidates.size(), candidates.size());
        OfferBlock(candidates, row, factors_, excluded[query], best[query]);
      }
    });
  }
  std::vector<std::vector<std::int32_t>> rankings;
  for (std::size_t query = 0; query < queries.size(); ++query) {
    rankings.push_back(best[query].Take());
    FillUp(fallback_, excluded[query], static_cast<std::size_t>(k), rankings.back());
  }
  return rankings;
}

}  // namespace shortlist::eval
