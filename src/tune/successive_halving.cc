#include "tune/successive_halving.h"

#include <algorithm>
#include <numeric>
#include <utility>

namespace shortlist::tune {
namespace {

bool Reached(const Trial& trial, std::int64_t epochs) {
  return trial.ended || !trial.failure.empty() || trial.epochs >= epochs;
}

// The first and the better ones of the others.
std::vector<std::size_t> Keep(std::vector<std::size_t> running, std::span<const Trial> trials,
                              std::int64_t keep_one_in) {
  if (running.size() < 2) return running;
  std::stable_sort(running.begin() + 1, running.end(),
                   [&](std::size_t left, std::size_t right) { return trials[left].metric > trials[right].metric; });
  const std::size_t others = running.size() - 1;
  running.resize(1 + std::max<std::size_t>(1, others / static_cast<std::size_t>(keep_one_in)));
  return running;
}

}  // namespace

Standing Stand(const HalvingRules& rules, std::span<const Trial> trials) {
  std::vector<std::size_t> kept(trials.size());
  std::iota(kept.begin(), kept.end(), std::size_t{0});
  for (std::int64_t epochs = std::min(rules.first_epochs, rules.last_epochs);;) {
    const auto behind =
        std::find_if(kept.begin(), kept.end(), [&](std::size_t trial) { return !Reached(trials[trial], epochs); });
    if (behind != kept.end()) return {kept, Work{*behind, epochs}};
    if (epochs == rules.last_epochs) return {kept, std::nullopt};
    kept = Keep(std::move(kept), trials, rules.keep_one_in);
    epochs = std::min(epochs * rules.keep_one_in, rules.last_epochs);
  }
}

}  // namespace shortlist::tune
