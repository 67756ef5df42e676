// Answers requests from the snapshot of the moment. No RPC types; the gRPC service and tests call it alike.
#pragma once

#include <atomic>
#include <memory>
#include <span>
#include <vector>

#include "profile/live_profiles.h"
#include "serve/answer_observer.h"
#include "serve/request.h"
#include "serve/snapshot.h"
#include "serve/traffic.h"
#include "shortlist/settings/evaluate.h"
#include "shortlist/settings/serve_limits.h"

namespace shortlist::serve {

// What holds for every request.
struct AnswerRules {
  SeenPolicy seen = SeenPolicy::kMask;  // of requests without a policy of their own
  const profile::LiveProfiles* profiles = nullptr;
};

// Thread-safe. A request sees one snapshot from start to end, whichever becomes active meanwhile; a snapshot is freed
// when it is active no more and the last answer that refers to it is gone.
class RetrievalService {
 public:
  // `seen` is the policy of requests that have none; `profiles`, null for none, must outlive the service.
  RetrievalService(const LimitSettings& limits, Traffic traffic,
                   std::shared_ptr<AnswerObserver> observer = std::make_shared<NoObserver>(),
                   SeenRule seen = SeenRule::kMask, const profile::LiveProfiles* profiles = nullptr);

  // Requests that begin from now on are answered so.
  void Direct(Traffic traffic);
  Traffic traffic() const { return *traffic_.load(); }

  // All throw Error{kInvalidArgument} for a wrong request (validation.h) and need traffic to have a stable side.

  // A shopper of whom nothing is known gets the most popular items.
  Recommendation Recommend(const RecommendRequest& request) const;
  // Throws only for a batch that is empty or too large; a wrong request has an Error as its outcome. The user tower
  // runs once for all shoppers of a snapshot, and so does the search if the index gains from it.
  RecommendBatchResult RecommendBatch(std::span<const RecommendRequest> requests) const;
  // The same for requests that came by themselves: any number, each with its outcome.
  std::vector<BatchOutcome> RecommendEach(std::span<const RecommendRequest> requests) const;
  // Throw Error{kNotFound} for an id that the bundle does not know. The item or user itself is not returned, nor is a
  // user who may not be compared (comparable_users.h).
  SimilarResult SimilarItems(const SimilarRequest& request) const;
  SimilarResult SimilarUsers(const SimilarRequest& request) const;

 private:
  std::vector<BatchOutcome> RecommendFrom(const Traffic& traffic, std::span<const RecommendRequest> requests) const;

  LimitSettings limits_;
  AnswerRules rules_;
  std::atomic<std::shared_ptr<const Traffic>> traffic_;
  std::shared_ptr<AnswerObserver> observer_;
};

}  // namespace shortlist::serve
