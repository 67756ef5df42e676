// Requests and answers of retrieval, as plain data. Views in a request point into the caller's message and are read
// only during the call; views in an answer point into its snapshot and
// its delta, which the answer keeps alive.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "features/feature_graph.h"
#include "filter/condition.h"
#include "shortlist/error.h"

namespace shortlist::serve {

class CatalogDelta;
class ServingSnapshot;

enum class SeenPolicy { kMask, kAllow };
enum class Reason { kHistory, kPopularityFallback, kNoConsent };
// Why an item is in an answer: the shopper had it before, it fits the shopper, it is in demand, or it is new.
enum class ItemReason { kRepeat, kSimilar, kPopular, kNew };

struct HistoryEvent {
  std::string_view item_id;
  std::int64_t time = 0;  // Unix seconds; 0: at the time of the request
};

// Which items may be in an answer.
struct RequestFilter {
  std::optional<filter::Condition> condition;
  std::optional<Error> problem;            // why a condition cannot be read
  std::vector<std::string_view> only_ids;  // empty: all
};

struct RecommendRequest {
  std::optional<std::string_view> user_id;  // none: a visitor without an id
  std::vector<HistoryEvent> history;        // in the order in which it happened
  features::Record context;
  std::int64_t k = 0;
  std::vector<std::string_view> exclude_item_ids;
  std::optional<SeenPolicy> seen;   // none: the server's (serve.seen)
  std::int64_t time = 0;            // Unix seconds; 0: the clock's
  std::int64_t return_history = 0;  // most recent events wanted in the answer
  RequestFilter filter = {};
  bool global_privacy_control = false;  // the browser objects: the answer is neither personal nor written down
};

struct ScoredEntry {
  std::string_view id;
  std::string_view title;  // empty for users
  float score = 0;
  ItemReason reason = ItemReason::kSimilar;
};

struct PastEvent {
  std::string_view item_id;
  std::string_view title;
  std::int64_t time = 0;
};

// Which of the versions that serve at the same time answered.
enum class Side { kStable, kCanary };

// Whose answer it is, for those who write it down.
struct AnsweredShopper {
  std::string name;               // on disk (profile::KeyedIds); empty for a visitor without an id
  bool agrees_to_record = false;  // false, too, where no events are taken
};

struct Recommendation {
  std::shared_ptr<const ServingSnapshot> snapshot;
  std::shared_ptr<const CatalogDelta> delta;
  std::vector<ScoredEntry> items;  // best first
  Reason reason = Reason::kPopularityFallback;
  std::int64_t history_events = 0;         // events of known items that the answer rests on
  std::int64_t unknown_history_items = 0;  // events of the request that were skipped
  std::vector<std::string> ignored_context;
  std::vector<PastEvent> history;  // most recent last
  AnsweredShopper shopper = {};
  Side side = Side::kStable;

  bool personalized() const { return reason == Reason::kHistory; }
};

// What became of one request of a batch.
using BatchOutcome = std::variant<Recommendation, Error>;

struct RecommendBatchResult {
  std::shared_ptr<const ServingSnapshot> snapshot;  // the stable one; an answer names its own
  std::vector<BatchOutcome> outcomes;               // as many as requests, in their order
};

struct SimilarRequest {
  std::string_view id;
  std::int64_t k = 0;
  std::vector<std::string_view> exclude_ids;
  RequestFilter filter = {};  // of items
};

struct SimilarResult {
  std::shared_ptr<const ServingSnapshot> snapshot;
  std::shared_ptr<const CatalogDelta> delta;
  std::vector<ScoredEntry> entries;  // best first
};

}  // namespace shortlist::serve
