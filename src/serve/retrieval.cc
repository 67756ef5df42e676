#include "serve/retrieval.h"

#include <algorithm>
#include <cstddef>
#include <iterator>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "base/stopwatch.h"
#include "serve/comparable_users.h"
#include "serve/exclusion.h"
#include "serve/item_filter.h"
#include "serve/item_ranking.h"
#include "serve/shopper.h"
#include "serve/validation.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using SnapshotPointer = std::shared_ptr<const ServingSnapshot>;

features::Record ContextOf(const index::Bundle& bundle, const RecommendRequest& request, const Shopper& shopper) {
  features::Record context = request.context;
  if (bundle.history_has_times()) context.emplace(kTimeColumn, static_cast<double>(shopper.now));
  return context;
}

std::vector<std::string> IgnoredContext(const ServingSnapshot& snapshot, const RecommendRequest& request) {
  std::vector<std::string> ignored;
  for (const auto& [name, value] : request.context) {
    if (!snapshot.ReadsContext(name)) ignored.push_back(name);
  }
  return ignored;
}

std::vector<PastEvent> RecentEvents(const CatalogView& view, const Shopper& shopper, std::int64_t most) {
  const std::size_t count = std::min(shopper.items.size(), static_cast<std::size_t>(most));
  std::vector<PastEvent> events;
  events.reserve(count);
  for (std::size_t i = shopper.items.size() - count; i < shopper.items.size(); ++i) {
    const std::int32_t item = shopper.items[i];
    events.push_back({view.Id(item), view.Title(item), view.bundle().history_has_times() ? shopper.times[i] : 0});
  }
  return events;
}

ScoredEntry ScoredItem(const CatalogView& view, const index::Neighbor& neighbor, ItemReason reason) {
  return {view.Id(neighbor.id), view.Title(neighbor.id), neighbor.score, reason};
}

std::vector<ScoredEntry> SimilarEntries(const CatalogView& view, const std::vector<index::Neighbor>& neighbors) {
  std::vector<ScoredEntry> items;
  items.reserve(neighbors.size());
  for (const index::Neighbor& neighbor : neighbors) {
    items.push_back(ScoredItem(view, neighbor, ItemReason::kSimilar));
  }
  return items;
}

ItemReason ReasonOf(const CatalogView& view, std::span<const float> vector, std::int32_t item) {
  return view.IsNew(item) ? ItemReason::kNew : view.snapshot().reasons().Of(vector, item, view.Vector(item));
}

// Has the texts come into the nearest cache, without waiting for them: those of an answer lie anywhere in memory.
void FetchTexts(const std::vector<ScoredEntry>& items) {
  for (const ScoredEntry& item : items) {
    __builtin_prefetch(item.id.data());
    __builtin_prefetch(item.title.data());
  }
}

std::vector<ScoredEntry> Explained(const CatalogView& view, const Shopper& shopper, std::span<const float> vector,
                                   const std::vector<index::Neighbor>& best) {
  std::vector<ScoredEntry> items = SimilarEntries(view, best);
  FetchTexts(items);
  std::vector<std::int32_t> own = shopper.items;
  std::ranges::sort(own);
  for (std::size_t i = 0; i < best.size(); ++i) {
    const bool repeat = std::ranges::binary_search(own, best[i].id);
    items[i].reason = repeat ? ItemReason::kRepeat : ReasonOf(view, vector, best[i].id);
  }
  return items;
}

// Items that the model was not trained with, by their ids: which of them a bundle has makes no difference.
std::vector<std::int32_t> UnlearnedItems(const CatalogView& view) {
  std::vector<std::int32_t> items;
  const auto indexed = static_cast<std::int32_t>(view.bundle().items().size());
  for (std::int32_t item = indexed; item-- > 0 && !view.IsLearned(item);) items.push_back(item);
  std::ranges::copy_if(view.delta().beside(), std::back_inserter(items),
                       [&](std::int32_t item) { return view.IsNew(item); });
  std::ranges::sort(items, {}, [&](std::int32_t item) { return view.Id(item); });
  return items;
}

// Those that were sold by how often, then those that are new.
std::vector<ScoredEntry> PopularItems(const CatalogView& view, std::int64_t k, const ItemFilter& filter) {
  std::vector<ScoredEntry> items;
  const auto offer = [&](std::int32_t item, ItemReason reason) {
    if (static_cast<std::int64_t>(items.size()) < k && filter.Allows(item)) {
      items.push_back(ScoredItem(view, {item, 0}, reason));
    }
  };
  for (const std::int32_t item : view.bundle().popular_items()) {
    if (static_cast<std::int64_t>(items.size()) == k) break;
    offer(item, ItemReason::kPopular);
  }
  if (static_cast<std::int64_t>(items.size()) == k) return items;
  for (const std::int32_t item : UnlearnedItems(view)) offer(item, ItemReason::kNew);
  return items;
}

SeenPolicy PolicyOf(SeenRule rule) {
  return rule == SeenRule::kAllow ? SeenPolicy::kAllow : SeenPolicy::kMask;
}

// A request and whom it is about.
struct Asker {
  const RecommendRequest& request;
  Shopper shopper;
  SeenPolicy seen;
  ItemFilter filter;
  AnsweredShopper answered;
};

Asker ReadAsker(const CatalogView& view, const RecommendRequest& request, const AnswerRules& rules,
                std::int64_t clock) {
  LiveShopper live = ReadLiveShopper(rules.profiles, request.user_id);
  if (request.global_privacy_control) live.personal = live.trains = false;
  AnsweredShopper answered{live.name, live.trains};
  Shopper shopper = ReadShopper(view.snapshot(), request, clock, std::move(live));
  const SeenPolicy seen = request.seen.value_or(rules.seen);
  ItemFilter filter(view, request.filter, ExcludedItems(view, request, shopper, seen));
  return {request, std::move(shopper), seen, std::move(filter), std::move(answered)};
}

// The vectors of the askers who are known.
class EncodedAskers {
 public:
  EncodedAskers(const ServingSnapshot& snapshot, std::span<const Asker> askers, AnswerObserver& observer) {
    base::QueryBatch batch;
    for (const Asker& asker : askers) {
      rows_.push_back(static_cast<std::size_t>(batch.rows()));
      const Shopper& shopper = asker.shopper;
      if (shopper.known()) {
        snapshot.AppendShopper(shopper.history(), shopper.now, ContextOf(snapshot.bundle(), asker.request, shopper),
                               batch);
      }
    }
    width_ = static_cast<std::size_t>(snapshot.bundle().items().width());
    if (batch.rows() == 0) return;
    const base::Stopwatch watch;
    vectors_ = snapshot.EncodeShoppers(batch);
    observer.Encoded(watch.seconds());
  }

  // Of a known one.
  std::span<const float> Vector(std::size_t asker) const {
    return std::span<const float>(vectors_).subspan(rows_[asker] * width_, width_);
  }

 private:
  std::vector<std::size_t> rows_;
  std::size_t width_ = 0;
  std::vector<float> vectors_;
};

// The best items of each known asker, and their reasons; the most popular ones for the others.
std::vector<std::vector<ScoredEntry>> ItemsFor(const SnapshotPointer& snapshot, const CatalogDelta& delta,
                                               std::span<const Asker> askers, AnswerObserver& observer) {
  const CatalogView view(*snapshot, delta);
  const EncodedAskers encoded(*snapshot, askers, observer);
  std::vector<RankingRequest> rankings;
  for (std::size_t i = 0; i < askers.size(); ++i) {
    const Asker& asker = askers[i];
    if (!asker.shopper.known()) continue;
    rankings.push_back({asker.shopper, encoded.Vector(i), asker.request.k, asker.seen, asker.filter});
  }
  const std::vector<std::vector<index::Neighbor>> ranked = RankItems(snapshot, delta, rankings, observer);
  std::vector<std::vector<ScoredEntry>> items;
  auto best = ranked.begin();
  for (std::size_t i = 0; i < askers.size(); ++i) {
    const Asker& asker = askers[i];
    items.push_back(asker.shopper.known() ? Explained(view, asker.shopper, encoded.Vector(i), *best++)
                                          : PopularItems(view, asker.request.k, asker.filter));
  }
  return items;
}

Reason ReasonOf(const Shopper& shopper) {
  if (shopper.known()) return Reason::kHistory;
  return shopper.personal ? Reason::kPopularityFallback : Reason::kNoConsent;
}

Recommendation AnswerOf(const SnapshotPointer& snapshot, std::shared_ptr<const CatalogDelta> delta, const Asker& asker,
                        std::vector<ScoredEntry> items) {
  Recommendation answer;
  answer.snapshot = snapshot;
  answer.delta = std::move(delta);
  answer.items = std::move(items);
  answer.reason = ReasonOf(asker.shopper);
  answer.history_events = static_cast<std::int64_t>(asker.shopper.items.size());
  answer.unknown_history_items = asker.shopper.unknown_history_items;
  answer.ignored_context = IgnoredContext(*snapshot, asker.request);
  answer.history = RecentEvents({*snapshot, *answer.delta}, asker.shopper, asker.request.return_history);
  answer.shopper = asker.answered;
  return answer;
}

// Answers valid requests, in their order.
std::vector<Recommendation> Answer(const SnapshotPointer& snapshot, std::span<const RecommendRequest> requests,
                                   const AnswerRules& rules, AnswerObserver& observer) {
  const std::int64_t clock = base::UnixSeconds();
  const std::shared_ptr<const CatalogDelta> delta = snapshot->delta();
  std::vector<Asker> askers;
  askers.reserve(requests.size());
  for (const RecommendRequest& request : requests) {
    askers.push_back(ReadAsker({*snapshot, *delta}, request, rules, clock));
  }
  std::vector<std::vector<ScoredEntry>> items = ItemsFor(snapshot, *delta, askers, observer);
  std::vector<Recommendation> answers;
  answers.reserve(requests.size());
  for (std::size_t i = 0; i < askers.size(); ++i) {
    answers.push_back(AnswerOf(snapshot, delta, askers[i], std::move(items[i])));
  }
  return answers;
}

// The requests of a batch that one snapshot answers.
class Share {
 public:
  void Add(const RecommendRequest& request, std::size_t place) {
    requests_.push_back(request);
    places_.push_back(place);
  }

  void Answer(const SnapshotPointer& snapshot, const AnswerRules& rules, AnswerObserver& observer,
              std::vector<BatchOutcome>& outcomes) const {
    std::vector<Recommendation> answers = serve::Answer(snapshot, requests_, rules, observer);
    for (std::size_t i = 0; i < answers.size(); ++i) outcomes[places_[i]] = std::move(answers[i]);
  }

 private:
  std::vector<RecommendRequest> requests_;
  std::vector<std::size_t> places_;
};

Side SideOf(const Traffic& traffic, const SnapshotPointer& snapshot) {
  return snapshot == traffic.stable ? Side::kStable : Side::kCanary;
}

Error NotInBundle(std::string_view what, std::string_view id, const index::Bundle& bundle) {
  return {Code::kNotFound,
          std::string(what) + " '" + std::string(id) + "' is not in bundle " + std::string(bundle.version())};
}

}  // namespace

RetrievalService::RetrievalService(const LimitSettings& limits, Traffic traffic,
                                   std::shared_ptr<AnswerObserver> observer, SeenRule seen,
                                   const profile::LiveProfiles* profiles)
    : limits_(limits),
      rules_{PolicyOf(seen), profiles},
      traffic_(std::make_shared<const Traffic>(std::move(traffic))),
      observer_(std::move(observer)) {}

void RetrievalService::Direct(Traffic traffic) {
  traffic_.store(std::make_shared<const Traffic>(std::move(traffic)));
}

Recommendation RetrievalService::Recommend(const RecommendRequest& request) const {
  if (const auto problem = FindProblem(request, limits_)) throw *problem;
  const std::shared_ptr<const Traffic> traffic = traffic_.load();
  const SnapshotPointer& snapshot = traffic->For(request.user_id);
  if (const auto problem = FindProblem(request.filter, snapshot->attributes())) throw *problem;
  Recommendation answer = std::move(Answer(snapshot, {&request, 1}, rules_, *observer_).front());
  answer.side = SideOf(*traffic, snapshot);
  return answer;
}

std::vector<BatchOutcome> RetrievalService::RecommendEach(std::span<const RecommendRequest> requests) const {
  return RecommendFrom(*traffic_.load(), requests);
}

RecommendBatchResult RetrievalService::RecommendBatch(std::span<const RecommendRequest> requests) const {
  if (const auto problem = FindBatchProblem(requests.size(), limits_)) throw *problem;
  const std::shared_ptr<const Traffic> traffic = traffic_.load();
  return {traffic->stable, RecommendFrom(*traffic, requests)};
}

std::vector<BatchOutcome> RetrievalService::RecommendFrom(const Traffic& traffic,
                                                          std::span<const RecommendRequest> requests) const {
  std::vector<BatchOutcome> outcomes(requests.size());
  std::map<SnapshotPointer, Share> shares;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const SnapshotPointer& snapshot = traffic.For(requests[i].user_id);
    auto problem = FindProblem(requests[i], limits_);
    if (!problem) problem = FindProblem(requests[i].filter, snapshot->attributes());
    if (problem) {
      outcomes[i] = *problem;
    } else {
      shares[snapshot].Add(requests[i], i);
    }
  }
  for (const auto& [snapshot, share] : shares) share.Answer(snapshot, rules_, *observer_, outcomes);
  for (BatchOutcome& outcome : outcomes) {
    if (auto* const answer = std::get_if<Recommendation>(&outcome)) answer->side = SideOf(traffic, answer->snapshot);
  }
  return outcomes;
}

SimilarResult RetrievalService::SimilarItems(const SimilarRequest& request) const {
  if (const auto problem = FindProblem(request, "item_id", limits_)) throw *problem;
  SimilarResult result{traffic_.load()->stable, {}, {}};
  const ServingSnapshot& snapshot = *result.snapshot;
  result.delta = snapshot.delta();
  if (const auto problem = FindProblem(request.filter, snapshot.attributes())) throw *problem;
  const CatalogView view(snapshot, *result.delta);
  const std::int32_t item = view.Find(request.id);
  if (item < 0 || view.IsWithdrawn(item)) throw NotInBundle("item", request.id, snapshot.bundle());
  const ItemFilter filter(view, request.filter,
                          Exclusions({item}, request.exclude_ids, [&](std::string_view id) { return view.Find(id); }));
  result.entries = SimilarEntries(view, SearchItems(view, snapshot.WithoutPrior(view.Vector(item)), request.k, filter));
  return result;
}

SimilarResult RetrievalService::SimilarUsers(const SimilarRequest& request) const {
  if (const auto problem = FindProblem(request, "user_id", limits_)) throw *problem;
  SimilarResult result{traffic_.load()->stable, {}, {}};
  const index::Bundle& bundle = result.snapshot->bundle();
  const std::int32_t user = FindModelUser(bundle, rules_.profiles, request.id);
  if (user < 0) throw NotInBundle("user", request.id, bundle);
  RequireComparable(rules_.profiles, request.id);
  const auto excluded =
      Exclusions({user}, request.exclude_ids, [&](std::string_view id) { return bundle.FindUser(id); });
  for (const auto& neighbor :
       ComparableUsers(bundle, rules_.profiles, result.snapshot->UserQuery(user), request.k, excluded)) {
    result.entries.push_back({bundle.UserId(neighbor.id), {}, neighbor.score});
  }
  return result;
}

}  // namespace shortlist::serve
