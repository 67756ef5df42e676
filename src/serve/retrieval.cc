#include "serve/retrieval.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "base/stopwatch.h"
#include "serve/exclusion.h"
#include "serve/item_filter.h"
#include "serve/item_ranking.h"
#include "serve/shopper.h"
#include "serve/validation.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using SnapshotPointer = std::shared_ptr<const ServingSnapshot>;

std::int64_t UnixSeconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

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

std::vector<PastEvent> RecentEvents(const index::Bundle& bundle, const Shopper& shopper, std::int64_t most) {
  const std::size_t count = std::min(shopper.items.size(), static_cast<std::size_t>(most));
  std::vector<PastEvent> events;
  events.reserve(count);
  for (std::size_t i = shopper.items.size() - count; i < shopper.items.size(); ++i) {
    const std::int32_t item = shopper.items[i];
    events.push_back({bundle.ItemId(item), bundle.Title(item), bundle.history_has_times() ? shopper.times[i] : 0});
  }
  return events;
}

ScoredEntry ScoredItem(const index::Bundle& bundle, const index::Neighbor& neighbor, ItemReason reason) {
  return {bundle.ItemId(neighbor.id), bundle.Title(neighbor.id), neighbor.score, reason};
}

std::vector<ScoredEntry> SimilarEntries(const index::Bundle& bundle, const std::vector<index::Neighbor>& neighbors) {
  std::vector<ScoredEntry> items;
  items.reserve(neighbors.size());
  for (const index::Neighbor& neighbor : neighbors) {
    items.push_back(ScoredItem(bundle, neighbor, ItemReason::kSimilar));
  }
  return items;
}

std::vector<ScoredEntry> Explained(const ServingSnapshot& snapshot, const Shopper& shopper,
                                   std::span<const float> vector, const std::vector<index::Neighbor>& best) {
  std::vector<std::int32_t> own = shopper.items;
  std::ranges::sort(own);
  std::vector<ScoredEntry> items;
  items.reserve(best.size());
  for (const index::Neighbor& neighbor : best) {
    const bool repeat = std::ranges::binary_search(own, neighbor.id);
    const ItemReason reason = repeat ? ItemReason::kRepeat : snapshot.reasons().Of(vector, neighbor.id);
    items.push_back(ScoredItem(snapshot.bundle(), neighbor, reason));
  }
  return items;
}

std::vector<ScoredEntry> PopularItems(const index::Bundle& bundle, std::int64_t k,
                                      const std::vector<std::int32_t>& excluded,
                                      const std::optional<base::BitSet>& allowed) {
  std::vector<ScoredEntry> items;
  for (const std::int32_t item : bundle.popular_items()) {
    if (static_cast<std::int64_t>(items.size()) == k) break;
    if (std::ranges::binary_search(excluded, item) || (allowed && !allowed->Contains(item))) continue;
    items.push_back(ScoredItem(bundle, {item, 0}, ItemReason::kPopular));
  }
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
  std::vector<std::int32_t> excluded;   // sorted, unique
  std::optional<base::BitSet> allowed;  // none: all
};

Asker ReadAsker(const ServingSnapshot& snapshot, const RecommendRequest& request, SeenPolicy configured,
                std::int64_t clock) {
  Asker asker{request, ReadShopper(snapshot, request, clock), request.seen.value_or(configured), {}, {}};
  asker.excluded = ExcludedItems(snapshot, request, asker.shopper, asker.seen);
  asker.allowed = AllowedItems(snapshot, request.filter);
  return asker;
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
std::vector<std::vector<ScoredEntry>> ItemsFor(const SnapshotPointer& snapshot, std::span<const Asker> askers,
                                               AnswerObserver& observer) {
  const EncodedAskers encoded(*snapshot, askers, observer);
  std::vector<RankingRequest> rankings;
  for (std::size_t i = 0; i < askers.size(); ++i) {
    const Asker& asker = askers[i];
    if (!asker.shopper.known()) continue;
    rankings.push_back({asker.shopper, encoded.Vector(i), asker.request.k, asker.seen, asker.excluded,
                        asker.allowed ? &*asker.allowed : nullptr});
  }
  const std::vector<std::vector<index::Neighbor>> ranked = RankItems(snapshot, rankings, observer);
  std::vector<std::vector<ScoredEntry>> items;
  auto best = ranked.begin();
  for (std::size_t i = 0; i < askers.size(); ++i) {
    const Asker& asker = askers[i];
    items.push_back(asker.shopper.known()
                        ? Explained(*snapshot, asker.shopper, encoded.Vector(i), *best++)
                        : PopularItems(snapshot->bundle(), asker.request.k, asker.excluded, asker.allowed));
  }
  return items;
}

Recommendation AnswerOf(const SnapshotPointer& snapshot, const Asker& asker, std::vector<ScoredEntry> items) {
  Recommendation answer;
  answer.snapshot = snapshot;
  answer.items = std::move(items);
  answer.reason = asker.shopper.known() ? Reason::kHistory : Reason::kPopularityFallback;
  answer.history_events = static_cast<std::int64_t>(asker.shopper.items.size());
  answer.unknown_history_items = asker.shopper.unknown_history_items;
  answer.ignored_context = IgnoredContext(*snapshot, asker.request);
  answer.history = RecentEvents(snapshot->bundle(), asker.shopper, asker.request.return_history);
  return answer;
}

// Answers valid requests, in their order; those without a policy of their own by `configured`.
std::vector<Recommendation> Answer(const SnapshotPointer& snapshot, std::span<const RecommendRequest> requests,
                                   SeenPolicy configured, AnswerObserver& observer) {
  const std::int64_t clock = UnixSeconds();
  std::vector<Asker> askers;
  askers.reserve(requests.size());
  for (const RecommendRequest& request : requests) {
    askers.push_back(ReadAsker(*snapshot, request, configured, clock));
  }
  std::vector<std::vector<ScoredEntry>> items = ItemsFor(snapshot, askers, observer);
  std::vector<Recommendation> answers;
  answers.reserve(requests.size());
  for (std::size_t i = 0; i < askers.size(); ++i) {
    answers.push_back(AnswerOf(snapshot, askers[i], std::move(items[i])));
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

  void Answer(const SnapshotPointer& snapshot, SeenPolicy configured, AnswerObserver& observer,
              std::vector<BatchOutcome>& outcomes) const {
    std::vector<Recommendation> answers = serve::Answer(snapshot, requests_, configured, observer);
    for (std::size_t i = 0; i < answers.size(); ++i) outcomes[places_[i]] = std::move(answers[i]);
  }

 private:
  std::vector<RecommendRequest> requests_;
  std::vector<std::size_t> places_;
};

Error NotInBundle(std::string_view what, std::string_view id, const index::Bundle& bundle) {
  return {Code::kNotFound,
          std::string(what) + " '" + std::string(id) + "' is not in bundle " + std::string(bundle.version())};
}

}  // namespace

RetrievalService::RetrievalService(const LimitSettings& limits, Traffic traffic,
                                   std::shared_ptr<AnswerObserver> observer, SeenRule seen)
    : limits_(limits),
      seen_(PolicyOf(seen)),
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
  return std::move(Answer(snapshot, {&request, 1}, seen_, *observer_).front());
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
  for (const auto& [snapshot, share] : shares) share.Answer(snapshot, seen_, *observer_, outcomes);
  return outcomes;
}

bool RetrievalService::gains_from_batches() const {
  return traffic_.load()->stable->bundle().items().gains_from_batches();
}

SimilarResult RetrievalService::SimilarItems(const SimilarRequest& request) const {
  if (const auto problem = FindProblem(request, "item_id", limits_)) throw *problem;
  SimilarResult result{traffic_.load()->stable, {}};
  const ServingSnapshot& snapshot = *result.snapshot;
  const index::Bundle& bundle = snapshot.bundle();
  if (const auto problem = FindProblem(request.filter, snapshot.attributes())) throw *problem;
  const std::int32_t item = bundle.FindItem(request.id);
  if (item < 0) throw NotInBundle("item", request.id, bundle);
  const auto excluded =
      Exclusions({item}, request.exclude_ids, [&](std::string_view id) { return bundle.FindItem(id); });
  const std::optional<base::BitSet> allowed = AllowedItems(snapshot, request.filter);
  const std::vector<float> vector = snapshot.ItemQuery(item);
  const index::Query query{vector, request.k, excluded, allowed ? &*allowed : nullptr};
  result.entries = SimilarEntries(bundle, snapshot.item_search().SearchBatch({&query, 1}).front().neighbors);
  return result;
}

SimilarResult RetrievalService::SimilarUsers(const SimilarRequest& request) const {
  if (const auto problem = FindProblem(request, "user_id", limits_)) throw *problem;
  SimilarResult result{traffic_.load()->stable, {}};
  const index::Bundle& bundle = result.snapshot->bundle();
  const std::int32_t user = bundle.FindUser(request.id);
  if (user < 0) throw NotInBundle("user", request.id, bundle);
  const auto excluded =
      Exclusions({user}, request.exclude_ids, [&](std::string_view id) { return bundle.FindUser(id); });
  for (const auto& neighbor : bundle.users().Search(result.snapshot->UserQuery(user), request.k, excluded)) {
    result.entries.push_back({bundle.UserId(neighbor.id), {}, neighbor.score});
  }
  return result;
}

}  // namespace shortlist::serve
