#include "eval/example_shoppers.h"

#include <algorithm>

#include "data/random_stream.h"

namespace shortlist::eval {
namespace {

constexpr std::size_t kLeastHistory = 3;

void MoveSome(std::vector<std::size_t>& from, std::size_t count, data::RandomStream& random,
              std::vector<std::size_t>& chosen) {
  for (; count > 0 && !from.empty(); --count) {
    const auto place = from.begin() + static_cast<std::ptrdiff_t>(random.Below(from.size()));
    chosen.push_back(*place);
    from.erase(place);
  }
}

}  // namespace

std::int64_t CountFinds(const std::vector<std::int32_t>& shortlist, const std::vector<std::int32_t>& targets) {
  return std::count_if(shortlist.begin(), shortlist.end(),
                       [&](std::int32_t item) { return std::binary_search(targets.begin(), targets.end(), item); });
}

std::vector<std::size_t> ChooseExamples(const EvaluationSet& set, const Rankings& rankings, std::size_t count,
                                        std::int64_t seed) {
  std::vector<std::size_t> with_finds;
  std::vector<std::size_t> without;
  for (std::size_t query = 0; query < rankings.size(); ++query) {
    if (set.queries[query].history.size() < kLeastHistory) continue;
    (CountFinds(rankings[query], set.targets[query]) > 0 ? with_finds : without).push_back(query);
  }
  data::RandomStream random(static_cast<std::uint64_t>(seed), 0);
  std::vector<std::size_t> chosen;
  MoveSome(with_finds, (count + 1) / 2, random, chosen);
  MoveSome(without, count / 2, random, chosen);
  std::sort(chosen.begin(), chosen.end());
  return chosen;
}

}  // namespace shortlist::eval
