#include "eval/score_board.h"

#include <algorithm>

namespace shortlist::eval {

ScoreBoard::ScoreBoard(std::int64_t items)
    : scores_(static_cast<std::size_t>(items)), states_(static_cast<std::size_t>(items)) {}

void ScoreBoard::Exclude(std::span<const std::int32_t> items) {
  for (const std::int32_t item : items) {
    Touch(item);
    states_[static_cast<std::size_t>(item)] = State::kExcluded;
  }
}

std::vector<std::int32_t> ScoreBoard::Take(std::int64_t k, std::span<const std::int32_t> fallback) {
  std::vector<std::int32_t> best;
  for (const std::int32_t item : touched_) {
    if (states_[static_cast<std::size_t>(item)] == State::kScored) best.push_back(item);
  }
  const auto is_better = [this](std::int32_t a, std::int32_t b) {
    const double score_a = scores_[static_cast<std::size_t>(a)];
    const double score_b = scores_[static_cast<std::size_t>(b)];
    return score_a != score_b ? score_a > score_b : a < b;
  };
  const std::size_t wanted = static_cast<std::size_t>(k);
  const std::size_t taken = std::min(wanted, best.size());
  std::partial_sort(best.begin(), best.begin() + static_cast<std::ptrdiff_t>(taken), best.end(), is_better);
  best.resize(taken);
  for (std::size_t i = 0; i < fallback.size() && best.size() < wanted; ++i) {
    if (states_[static_cast<std::size_t>(fallback[i])] == State::kUntouched) best.push_back(fallback[i]);
  }
  Forget();
  return best;
}

void ScoreBoard::Forget() {
  for (const std::int32_t item : touched_) {
    scores_[static_cast<std::size_t>(item)] = 0;
    states_[static_cast<std::size_t>(item)] = State::kUntouched;
  }
  touched_.clear();
}

}  // namespace shortlist::eval
