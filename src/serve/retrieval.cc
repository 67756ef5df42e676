#include "serve/retrieval.h"

#include <algorithm>
#include <chrono>
#include <cstddef>
#include <iterator>
#include <map>
#include <set>
#include <string>
#include <utility>
#include <vector>

#include "base/stopwatch.h"
#include "serve/exclusion.h"
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

std::vector<index::Neighbor> Search(const SnapshotPointer& snapshot, std::span<const float> vector, std::int64_t k,
                                    const std::vector<std::int32_t>& excluded, AnswerObserver& observer) {
  const base::Stopwatch watch;
  std::vector<index::Neighbor> neighbors = snapshot->bundle().items().Search(vector, k, excluded);
  observer.Searched({snapshot, vector, k, excluded, neighbors}, watch.seconds());
  return neighbors;
}

std::vector<std::int32_t> Union(std::span<const std::int32_t> excluded, std::span<const index::Neighbor> own) {
  std::vector<std::int32_t> both;
  std::ranges::set_union(excluded, index::IdsOf(own), std::back_inserter(both));
  return both;
}

// The best items in the order of the model. Where own items may come back, they carry terms of their own.
std::vector<index::Neighbor> BestItems(const SnapshotPointer& snapshot, const Shopper& shopper,
                                       std::span<const float> vector, std::int64_t k, SeenPolicy seen,
                                       const std::vector<std::int32_t>& excluded, AnswerObserver& observer) {
  const index::VectorIndex& items = snapshot->bundle().items();
  const repeat::Blend* blend = snapshot->blend();
  if (blend == nullptr || seen == SeenPolicy::kMask) return Search(snapshot, vector, k, excluded, observer);
  const auto vector_of = [&items](std::int32_t item) { return items.Vector(item); };
  const auto own = blend->ScoreOwn(vector, shopper.history(), shopper.now, vector_of);
  return repeat::MergeBest(Search(snapshot, vector, k, Union(excluded, own), observer), own, excluded, k);
}

std::vector<ScoredEntry> Explained(const ServingSnapshot& snapshot, const Shopper& shopper,
                                   std::span<const float> vector, const std::vector<index::Neighbor>& best) {
  const std::set<std::int32_t> own(shopper.items.begin(), shopper.items.end());
  std::vector<ScoredEntry> items;
  items.reserve(best.size());
  for (const index::Neighbor& neighbor : best) {
    const bool repeat = own.contains(neighbor.id);
    const ItemReason reason = repeat ? ItemReason::kRepeat : snapshot.reasons().Of(vector, neighbor.id);
    items.push_back(ScoredItem(snapshot.bundle(), neighbor, reason));
  }
  return items;
}

std::vector<ScoredEntry> PopularItems(const index::Bundle& bundle, std::int64_t k,
                                      const std::vector<std::int32_t>& excluded) {
  std::vector<ScoredEntry> items;
  for (const std::int32_t item : bundle.popular_items()) {
    if (static_cast<std::int64_t>(items.size()) == k) break;
    if (std::ranges::binary_search(excluded, item)) continue;
    items.push_back(ScoredItem(bundle, {item, 0}, ItemReason::kPopular));
  }
  return items;
}

// Everything of an answer but its items.
Recommendation Describe(const SnapshotPointer& snapshot, const RecommendRequest& request, const Shopper& shopper) {
  Recommendation answer;
  answer.snapshot = snapshot;
  answer.reason = shopper.known() ? Reason::kHistory : Reason::kPopularityFallback;
  answer.history_events = static_cast<std::int64_t>(shopper.items.size());
  answer.unknown_history_items = shopper.unknown_history_items;
  answer.ignored_context = IgnoredContext(*snapshot, request);
  answer.history = RecentEvents(snapshot->bundle(), shopper, request.return_history);
  return answer;
}

// The shoppers of a batch who are known, and their vectors: row r belongs to shopper `rows[r]`.
class EncodedShoppers {
 public:
  EncodedShoppers(const ServingSnapshot& snapshot, std::span<const RecommendRequest> requests,
                  std::span<const Shopper> shoppers, AnswerObserver& observer) {
    base::QueryBatch batch;
    for (std::size_t i = 0; i < shoppers.size(); ++i) {
      rows_.push_back(static_cast<std::size_t>(batch.rows()));
      const Shopper& shopper = shoppers[i];
      if (shopper.known()) {
        snapshot.AppendShopper(shopper.history(), shopper.now, ContextOf(snapshot.bundle(), requests[i], shopper),
                               batch);
      }
    }
    width_ = static_cast<std::size_t>(snapshot.bundle().items().width());
    if (batch.rows() == 0) return;
    const base::Stopwatch watch;
    vectors_ = snapshot.EncodeShoppers(batch);
    observer.Encoded(watch.seconds());
  }

  // Of a known shopper.
  std::span<const float> Vector(std::size_t shopper) const {
    return std::span<const float>(vectors_).subspan(rows_[shopper] * width_, width_);
  }

 private:
  std::vector<std::size_t> rows_;
  std::size_t width_ = 0;
  std::vector<float> vectors_;
};

SeenPolicy PolicyOf(SeenRule rule) {
  return rule == SeenRule::kAllow ? SeenPolicy::kAllow : SeenPolicy::kMask;
}

// Answers valid requests, in their order; those without a policy of their own by `configured`.
std::vector<Recommendation> Answer(const SnapshotPointer& snapshot, std::span<const RecommendRequest> requests,
                                   SeenPolicy configured, AnswerObserver& observer) {
  const std::int64_t clock = UnixSeconds();
  std::vector<Shopper> shoppers;
  for (const RecommendRequest& request : requests) shoppers.push_back(ReadShopper(*snapshot, request, clock));
  const EncodedShoppers encoded(*snapshot, requests, shoppers, observer);

  std::vector<Recommendation> answers;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    const std::int64_t k = requests[i].k;
    const SeenPolicy seen = requests[i].seen.value_or(configured);
    const std::vector<std::int32_t> excluded = ExcludedItems(*snapshot, requests[i], shoppers[i], seen);
    Recommendation answer = Describe(snapshot, requests[i], shoppers[i]);
    if (shoppers[i].known()) {
      const std::span<const float> vector = encoded.Vector(i);
      const auto best = BestItems(snapshot, shoppers[i], vector, k, seen, excluded, observer);
      answer.items = Explained(*snapshot, shoppers[i], vector, best);
    } else {
      answer.items = PopularItems(snapshot->bundle(), k, excluded);
    }
    answers.push_back(std::move(answer));
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
  return std::move(Answer(traffic_.load()->For(request.user_id), {&request, 1}, seen_, *observer_).front());
}

RecommendBatchResult RetrievalService::RecommendBatch(std::span<const RecommendRequest> requests) const {
  if (const auto problem = FindBatchProblem(requests.size(), limits_)) throw *problem;
  const std::shared_ptr<const Traffic> traffic = traffic_.load();
  RecommendBatchResult result{traffic->stable, std::vector<BatchOutcome>(requests.size())};
  std::map<SnapshotPointer, Share> shares;
  for (std::size_t i = 0; i < requests.size(); ++i) {
    if (const auto problem = FindProblem(requests[i], limits_)) {
      result.outcomes[i] = *problem;
    } else {
      shares[traffic->For(requests[i].user_id)].Add(requests[i], i);
    }
  }
  for (const auto& [snapshot, share] : shares) share.Answer(snapshot, seen_, *observer_, result.outcomes);
  return result;
}

SimilarResult RetrievalService::SimilarItems(const SimilarRequest& request) const {
  if (const auto problem = FindProblem(request, "item_id", limits_)) throw *problem;
  SimilarResult result{traffic_.load()->stable, {}};
  const index::Bundle& bundle = result.snapshot->bundle();
  const std::int32_t item = bundle.FindItem(request.id);
  if (item < 0) throw NotInBundle("item", request.id, bundle);
  const auto excluded =
      Exclusions({item}, request.exclude_ids, [&](std::string_view id) { return bundle.FindItem(id); });
  result.entries = SimilarEntries(bundle, bundle.items().Search(result.snapshot->ItemQuery(item), request.k, excluded));
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
