// A typed client of shortlist.v1.Retrieval, for `shortlist query` and for tests.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "client_security.h"
#include "context_value.h"

namespace shortlist::tools {

enum class Seen { kAsConfigured, kMask, kAllow };  // the first: by the server's serve.seen

struct HistoryItem {
  std::string item_id;
  std::int64_t time = 0;  // Unix seconds; 0: now
};

struct RecommendQuery {
  std::optional<std::string> user_id;
  std::vector<HistoryItem> history;
  std::map<std::string, ContextValue> context;
  std::int32_t k = 10;
  std::vector<std::string> exclude_item_ids;
  Seen seen = Seen::kAsConfigured;
  std::int64_t time = 0;                   // Unix seconds; 0: now
  std::int32_t return_history = 0;         // most recent events wanted back
  std::string where;                       // a condition on items as text; empty for none
  std::vector<std::string> only_item_ids;  // empty: all
};

struct SimilarQuery {
  std::string id;
  std::int32_t k = 10;
  std::vector<std::string> exclude_ids;
  std::string where;                  // as above; of items
  std::vector<std::string> only_ids;  // as above; of items
};

struct ScoredAnswer {
  std::string id;
  std::string title;  // empty for users
  float score = 0;
  std::int32_t rank = 0;
  std::string reason;  // "repeat", "similar", "popular" or "new"; empty for users
};

struct PastEvent {
  std::string item_id;
  std::string title;
  std::int64_t time = 0;
};

struct Shortlist {
  std::vector<ScoredAnswer> items;
  std::string bundle_version;
  bool personalized = false;
  std::string reason;  // "history" or "popularity_fallback"
  std::int32_t history_events = 0;
  std::int32_t unknown_history_items = 0;
  std::vector<std::string> ignored_context;
  std::vector<PastEvent> history;  // most recent last
};

// The answer to one request of a batch, or why there is none.
struct BatchEntry {
  std::optional<Shortlist> shortlist;
  std::string error;
};

struct SimilarAnswer {
  std::vector<ScoredAnswer> entries;
  std::string bundle_version;
};

// Thread-safe. The constructor throws what MakeChannel (client_channel.h) throws. Calls throw Error with the server's
// code and message; without a server at the address Error{kUnavailable}, and when it does not answer in time
// Error{kDeadlineExceeded}, both naming the address.
class QueryClient {
 public:
  explicit QueryClient(std::string address, std::chrono::milliseconds deadline = std::chrono::seconds(5),
                       const ClientSecurity& security = {});
  ~QueryClient();
  QueryClient(const QueryClient&) = delete;
  QueryClient& operator=(const QueryClient&) = delete;

  Shortlist Recommend(const RecommendQuery& query) const;
  std::vector<BatchEntry> RecommendBatch(const std::vector<RecommendQuery>& queries) const;
  SimilarAnswer SimilarItems(const SimilarQuery& query) const;
  SimilarAnswer SimilarUsers(const SimilarQuery& query) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::tools
