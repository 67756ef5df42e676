#include "tensor/cpu/top_k.h"

#include <algorithm>
#include <limits>
#include <memory>
#include <vector>

#include "tensor/cpu/bag_check.h"
#include "tensor/cpu/gemm.h"
#include "tensor/cpu/select_rows.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kQueryTile = 256;
constexpr std::int64_t kCandidateTile = 256;
// Candidates offered to a selection at once.
constexpr std::int64_t kOffer = 256;
constexpr float kMinusInfinity = -std::numeric_limits<float>::infinity();

bool IsBetter(const Scored& a, const Scored& b) {
  return a.score != b.score ? a.score > b.score : a.id < b.id;
}

// Keeps the k best of what it is offered. Up to 2k are gathered before the worse half is dropped, which costs O(1) per
// candidate. Ids must be offered in rising order: then a tie with the k-th best is always lost.
class Selection {
 public:
  explicit Selection(std::int64_t k)
      : k_(static_cast<std::size_t>(k)), best_(2 * k_ + static_cast<std::size_t>(kOffer)) {}

  void Offer(const float* scores, std::int64_t size, std::int32_t first_id) {
    for (std::int64_t i = 0; i < size; i += kOffer) {
      size_ += static_cast<std::size_t>(SelectAbove(scores + i, std::min(kOffer, size - i), threshold_,
                                                    first_id + static_cast<std::int32_t>(i), best_.data() + size_));
      if (size_ >= 2 * k_) DropWorse();
    }
  }

  // Writes k places.
  void Finish(std::int32_t* ids, float* scores) {
    if (size_ > k_) DropWorse();
    std::sort(best_.begin(), best_.begin() + static_cast<std::ptrdiff_t>(size_), IsBetter);
    for (std::size_t i = 0; i < k_; ++i) {
      ids[i] = i < size_ ? best_[i].id : -1;
      scores[i] = i < size_ ? best_[i].score : kMinusInfinity;
    }
  }

 private:
  void DropWorse() {
    const auto worst = best_.begin() + static_cast<std::ptrdiff_t>(k_ - 1);
    std::nth_element(best_.begin(), worst, best_.begin() + static_cast<std::ptrdiff_t>(size_), IsBetter);
    threshold_ = worst->score;
    size_ = k_;
  }

  std::size_t k_;
  std::size_t size_ = 0;
  float threshold_ = kMinusInfinity;
  std::vector<Scored> best_;
};

// The excluded candidates of one query, met in rising order.
class Exclusions {
 public:
  Exclusions(const BagsView& excluded, std::int64_t row) {
    if (excluded.rows == 0) return;
    ids_.assign(excluded.ids + excluded.offsets[row], excluded.ids + excluded.offsets[row + 1]);
    std::sort(ids_.begin(), ids_.end());
  }

  // Overwrites the scores of excluded candidates in [begin, end). Calls go through the candidates in order.
  void Hide(std::int64_t begin, std::int64_t end, float* scores) {
    for (; next_ < ids_.size() && ids_[next_] < end; ++next_) scores[ids_[next_] - begin] = kMinusInfinity;
  }

 private:
  std::vector<std::int32_t> ids_;
  std::size_t next_ = 0;
};

// Searches for queries [begin, end), at most kQueryTile.
void SearchTile(ConstMatrix queries, ConstMatrix candidates, std::int64_t k, const BagsView& excluded,
                std::int64_t begin, std::int64_t end, std::int32_t* ids, float* scores) {
  const std::int64_t found = std::min(k, candidates.rows);
  std::vector<Selection> selections(static_cast<std::size_t>(end - begin), Selection(found));
  std::vector<Exclusions> exclusions;
  for (std::int64_t row = begin; row < end; ++row) exclusions.emplace_back(excluded, row);
  const auto tile = std::make_unique_for_overwrite<float[]>(static_cast<std::size_t>(kQueryTile * kCandidateTile));
  for (std::int64_t first = 0; first < candidates.rows; first += kCandidateTile) {
    const std::int64_t last = std::min(first + kCandidateTile, candidates.rows);
    MultiplyTransposedB(1, RowsOf(queries, begin, end), RowsOf(candidates, first, last), 0,
                        {tile.get(), end - begin, last - first, kCandidateTile});
    for (std::size_t r = 0; r < selections.size(); ++r) {
      float* row = tile.get() + static_cast<std::int64_t>(r) * kCandidateTile;
      exclusions[r].Hide(first, last, row);
      selections[r].Offer(row, last - first, static_cast<std::int32_t>(first));
    }
  }
  for (std::size_t r = 0; r < selections.size(); ++r) {
    const std::int64_t at = (begin + static_cast<std::int64_t>(r)) * k;
    std::fill_n(ids + at, k, -1);
    std::fill_n(scores + at, k, kMinusInfinity);
    if (found > 0) selections[r].Finish(ids + at, scores + at);
  }
}

}  // namespace

void TopK(base::ThreadPool& pool, ConstMatrix queries, ConstMatrix candidates, std::int64_t k, const BagsView& excluded,
          std::int32_t* ids, float* scores) {
  CheckBags("TopK", excluded, candidates.rows);
  pool.ParallelFor(queries.rows, kQueryTile, [&](std::int64_t begin, std::int64_t end) {
    SearchTile(queries, candidates, k, excluded, begin, end, ids, scores);
  });
}

}  // namespace shortlist::tensor::cpu
