#include "eval/cold_start.h"

#include <algorithm>
#include <chrono>
#include <iterator>
#include <limits>
#include <span>
#include <utility>

#include "eval/past_events.h"

namespace shortlist::eval {
namespace {

// Whole rankings of this many shoppers exist at a time, but no more places than these, so that memory does not grow
// with the catalog.
constexpr std::size_t kShoppersPerPass = 256;
constexpr std::int64_t kPlacesPerPass = 1 << 22;

std::size_t ShoppersPerPass(std::int64_t items) {
  return std::clamp<std::size_t>(static_cast<std::size_t>(kPlacesPerPass / items), 1, kShoppersPerPass);
}

// A part that owns its events.
class SomeEvents {
 public:
  void Add(const data::Interactions& part, std::int64_t event) {
    items_.push_back(part.items[static_cast<std::size_t>(event)]);
    times_.push_back(part.times[static_cast<std::size_t>(event)]);
  }
  void EndUser() { offsets_.push_back(static_cast<std::int64_t>(items_.size())); }
  data::Interactions View() const {
    data::Interactions view;
    view.offsets = offsets_;
    view.items = items_;
    view.times = times_;
    return view;
  }

 private:
  std::vector<std::int64_t> offsets_{0};
  std::vector<std::int32_t> items_;
  std::vector<std::int64_t> times_;
};

bool HasEvents(const Parts& parts, std::int64_t user) {
  return std::ranges::any_of(parts, [user](const data::Interactions* part) {
    return part->offsets[static_cast<std::size_t>(user)] < part->offsets[static_cast<std::size_t>(user) + 1];
  });
}

// Of each new shopper the events [first, last) in the part, as far as there are so many.
SomeEvents EventsOfNewShoppers(const Parts& past, const data::Interactions& scored, std::int64_t first,
                               std::int64_t last) {
  SomeEvents events;
  for (std::int64_t user = 0; user < scored.users(); ++user) {
    const std::int64_t begin = scored.offsets[static_cast<std::size_t>(user)];
    const std::int64_t end = scored.offsets[static_cast<std::size_t>(user) + 1];
    if (!HasEvents(past, user)) {
      for (std::int64_t event = begin + first; event < std::min(end, begin + last); ++event) events.Add(scored, event);
    }
    events.EndUser();
  }
  return events;
}

// Of queries and targets those at which `keep` says so.
template <class Keep>
void KeepShoppers(EvaluationSet& set, const Keep& keep) {
  std::size_t kept = 0;
  for (std::size_t place = 0; place < set.queries.size(); ++place) {
    if (!keep(place)) continue;
    if (kept != place) {
      set.queries[kept] = std::move(set.queries[place]);
      set.targets[kept] = std::move(set.targets[place]);
    }
    ++kept;
  }
  set.queries.resize(kept);
  set.targets.resize(kept);
}

std::vector<std::int32_t> ItemsWithoutEvents(const std::vector<std::int64_t>& counts) {
  std::vector<std::int32_t> items;
  for (std::size_t item = 0; item < counts.size(); ++item) {
    if (counts[item] == 0) items.push_back(static_cast<std::int32_t>(item));
  }
  return items;
}

class GroupMaker {
 public:
  GroupMaker(const Parts& past, const data::Interactions& scored, std::int64_t start, std::int64_t items,
             const EvaluateSettings& settings, std::int64_t seed)
      : past_(past),
        scored_(scored),
        start_(start),
        items_(items),
        settings_(settings),
        seed_(seed),
        events_(CountEvents(past, items)) {}

  std::vector<ColdStartGroup> Make() {
    AddNewItems();
    AddNewShoppers();
    return std::move(groups_);
  }

 private:
  void AddNewItems() {
    const std::vector<std::int32_t> fresh = ItemsWithoutEvents(events_);
    EvaluationSet set = MakeEvaluationSet(past_, scored_, start_, items_, SeenRule::kMask, 0, seed_);
    for (std::vector<std::int32_t>& targets : set.targets) {
      std::erase_if(targets, [&](std::int32_t item) { return !std::ranges::binary_search(fresh, item); });
    }
    KeepShoppers(set, [&](std::size_t place) { return !set.targets[place].empty(); });
    SampleShoppers(settings_.cold_start.max_users, seed_, set);
    if (set.queries.empty()) return;
    groups_.push_back({"new items", set, {}});
    groups_.push_back({"new items among themselves", std::move(set), fresh});
  }

  void AddNewShoppers() {
    const std::vector<std::int64_t>& known = settings_.cold_start.first_events;
    if (known.empty()) return;
    const std::int64_t most = *std::ranges::max_element(known);
    const SomeEvents first = EventsOfNewShoppers(past_, scored_, 0, most);
    const SomeEvents later = EventsOfNewShoppers(past_, scored_, most, std::numeric_limits<std::int32_t>::max());
    EvaluationSet all = SetOf(first, later);
    SampleShoppers(settings_.cold_start.max_users, seed_, all);
    if (all.queries.empty()) return;
    for (const std::int64_t events : known) {
      EvaluationSet set = all;
      for (Query& query : set.queries) {
        query.history.resize(static_cast<std::size_t>(events));
        query.times.resize(static_cast<std::size_t>(events));
      }
      groups_.push_back(
          {events == 1 ? "first event" : "first " + std::to_string(events) + " events", std::move(set), {}});
    }
  }

  EvaluationSet SetOf(const SomeEvents& known, const SomeEvents& bought) const {
    const data::Interactions past = known.View();
    EvaluationSet set = MakeEvaluationSet(Parts{&past}, bought.View(), std::numeric_limits<std::int64_t>::min(), items_,
                                          SeenRule::kMask, 0, seed_);
    set.item_events = CountEvents({past_.front()}, items_);
    return set;
  }

  const Parts& past_;
  const data::Interactions& scored_;
  std::int64_t start_;
  std::int64_t items_;
  const EvaluateSettings& settings_;
  std::int64_t seed_;
  std::vector<std::int64_t> events_;
  std::vector<ColdStartGroup> groups_;
};

// The best of `among` for each query. Everything is ranked and the others are left out, because a recommender ranks
// the catalog alone.
TimedRankings RankAmong(const Recommender& recommender, const ColdStartGroup& group, std::int64_t items,
                        std::int64_t k) {
  const auto start = std::chrono::steady_clock::now();
  TimedRankings ranked;
  const std::span<const Query> queries(group.set.queries);
  const std::size_t at_once = ShoppersPerPass(items);
  for (std::size_t begin = 0; begin < queries.size(); begin += at_once) {
    const auto pass = queries.subspan(begin, std::min(at_once, queries.size() - begin));
    for (std::vector<std::int32_t>& ranking : recommender.Rank(pass, items, SeenRule::kMask)) {
      std::erase_if(ranking, [&](std::int32_t item) { return !std::ranges::binary_search(group.among, item); });
      if (static_cast<std::int64_t>(ranking.size()) > k) ranking.resize(static_cast<std::size_t>(k));
      ranked.rankings.push_back(std::move(ranking));
    }
  }
  ranked.seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  return ranked;
}

}  // namespace

std::vector<ColdStartGroup> MakeColdStartGroups(const Parts& past, const data::Interactions& scored, std::int64_t start,
                                                std::int64_t items, const EvaluateSettings& settings,
                                                std::int64_t seed) {
  return GroupMaker(past, scored, start, items, settings, seed).Make();
}

std::vector<ColdStartGroup> MakeColdStartGroups(const data::Dataset& dataset, data::Part part,
                                                const EvaluateSettings& settings, std::int64_t seed) {
  std::vector<ColdStartGroup> groups = MakeColdStartGroups(PartsBefore(dataset, part), dataset.part(part),
                                                           dataset.PartStart(part), dataset.items(), settings, seed);
  for (ColdStartGroup& group : groups) group.set.part = part;
  return groups;
}

EvaluationRow EvaluateGroup(const Recommender& recommender, const ColdStartGroup& group,
                            const EvaluateSettings& settings, std::int64_t seed) {
  if (group.among.empty()) return Evaluate(recommender, group.set, settings, seed);
  const auto items = static_cast<std::int64_t>(group.set.item_events.size());
  const std::int64_t most = *std::ranges::max_element(settings.k);
  return ScoreRankings(recommender.Name(), RankAmong(recommender, group, items, most), group.set, settings, seed);
}

}  // namespace shortlist::eval
