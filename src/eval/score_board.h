// Scores of some items of the catalog, from which the best are taken.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace shortlist::eval {

// Reused from shopper to shopper: the cost of one is in the items touched, not in the catalog. Not thread-safe.
class ScoreBoard {
 public:
  explicit ScoreBoard(std::int64_t items);

  // Inline, because neighborhoods add millions of scores.
  void Add(std::int32_t item, double score) {
    Touch(item);
    scores_[static_cast<std::size_t>(item)] += score;
  }
  // Never to be taken, whether scored before, after, or not at all.
  void Exclude(std::span<const std::int32_t> items);

  // The k best of the scored items, best first, ties by the smaller index. Places left over go to the items of
  // `fallback`, in its order, that were neither scored nor excluded. Forgets everything.
  std::vector<std::int32_t> Take(std::int64_t k, std::span<const std::int32_t> fallback);

 private:
  enum class State : std::uint8_t { kUntouched, kScored, kExcluded };

  void Touch(std::int32_t item) {
    State& state = states_[static_cast<std::size_t>(item)];
    if (state != State::kUntouched) return;
    state = State::kScored;
    touched_.push_back(item);
  }
  void Forget();

  std::vector<double> scores_;
  std::vector<State> states_;
  std::vector<std::int32_t> touched_;
};

}  // namespace shortlist::eval
