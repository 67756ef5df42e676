#include "eval/evaluation_set.h"

#include <algorithm>
#include <iterator>
#include <numeric>
#include <random>
#include <span>

#include "eval/past_events.h"
#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

bool AllEndBefore(const Parts& parts, std::int64_t time) {
  return std::all_of(parts.begin(), parts.end(), [time](const data::Interactions* part) {
    return std::all_of(part->times.begin(), part->times.end(), [time](std::int64_t event) { return event < time; });
  });
}

std::vector<std::int32_t> DistinctItems(std::span<const std::int32_t> items) {
  std::vector<std::int32_t> distinct(items.begin(), items.end());
  std::sort(distinct.begin(), distinct.end());
  distinct.erase(std::unique(distinct.begin(), distinct.end()), distinct.end());
  return distinct;
}

std::vector<std::int32_t> Targets(std::span<const std::int32_t> bought, const Query& query, SeenRule seen) {
  std::vector<std::int32_t> items = DistinctItems(bought);
  if (seen == SeenRule::kAllow) return items;
  const std::vector<std::int32_t> known = DistinctItems(query.history);
  std::vector<std::int32_t> fresh;
  std::set_difference(items.begin(), items.end(), known.begin(), known.end(), std::back_inserter(fresh));
  return fresh;
}

void AddShoppers(const Parts& past, const data::Interactions& scored, std::int64_t start, EvaluationSet& set) {
  const bool starts_at_once = AllEndBefore(past, start);
  for (std::int64_t user = 0; user < scored.users(); ++user) {
    const auto row = static_cast<std::size_t>(user);
    const auto first = static_cast<std::size_t>(scored.offsets[row]);
    const auto size = static_cast<std::size_t>(scored.offsets[row + 1]) - first;
    if (size == 0) continue;
    Query query;
    ReadHistory(past, user, query);
    query.now = starts_at_once ? start : scored.times[first];
    std::vector<std::int32_t> targets = Targets(scored.items.subspan(first, size), query, set.seen);
    if (query.history.empty() || targets.empty()) continue;
    set.queries.push_back(std::move(query));
    set.targets.push_back(std::move(targets));
  }
}

// Places of `wanted` of `size`, in rising order: the front of a Fisher-Yates shuffle.
std::vector<std::size_t> ChoosePlaces(std::size_t size, std::size_t wanted, std::int64_t seed) {
  std::vector<std::size_t> places(size);
  std::iota(places.begin(), places.end(), 0);
  std::mt19937_64 random(static_cast<std::uint64_t>(seed));
  for (std::size_t i = 0; i < wanted; ++i) std::swap(places[i], places[i + random() % (size - i)]);
  places.resize(wanted);
  std::sort(places.begin(), places.end());
  return places;
}

}  // namespace

EvaluationSet MakeEvaluationSet(const data::Dataset& dataset, data::Part part, SeenRule seen, std::int64_t max_users,
                                std::int64_t seed) {
  if (part == data::Part::kTrain) {
    throw Error(Code::kInvalidArgument,
                "the training part cannot be scored: nothing is known before it; score validation or test");
  }
  EvaluationSet set = MakeEvaluationSet(PartsBefore(dataset, part), dataset.part(part), dataset.PartStart(part),
                                        dataset.items(), seen, max_users, seed);
  set.part = part;
  return set;
}

EvaluationSet MakeEvaluationSet(const Parts& past, const data::Interactions& scored, std::int64_t start,
                                std::int64_t items, SeenRule seen, std::int64_t max_users, std::int64_t seed) {
  EvaluationSet set;
  set.seen = seen;
  set.item_events = CountEvents({past.front()}, items);
  AddShoppers(past, scored, start, set);
  SampleShoppers(max_users, seed, set);
  return set;
}

void SampleShoppers(std::int64_t max_users, std::int64_t seed, EvaluationSet& set) {
  const auto wanted = static_cast<std::size_t>(max_users);
  if (wanted == 0 || wanted >= set.queries.size()) return;
  std::vector<Query> queries;
  std::vector<std::vector<std::int32_t>> targets;
  for (const std::size_t place : ChoosePlaces(set.queries.size(), wanted, seed)) {
    queries.push_back(std::move(set.queries[place]));
    targets.push_back(std::move(set.targets[place]));
  }
  set.queries = std::move(queries);
  set.targets = std::move(targets);
}

}  // namespace shortlist::eval
