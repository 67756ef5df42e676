#include "serve/grpc_messages.h"

#include <cstddef>
#include <string>

#include "serve/grpc_conditions.h"
#include "serve/snapshot.h"
#include "serve/utf8.h"

namespace shortlist::serve {
namespace {

std::optional<SeenPolicy> SeenFrom(v1::SeenPolicy seen) {
  if (seen == v1::SEEN_POLICY_UNSPECIFIED) return std::nullopt;
  if (seen == v1::SEEN_POLICY_MASK) return SeenPolicy::kMask;
  if (seen == v1::SEEN_POLICY_ALLOW) return SeenPolicy::kAllow;
  return static_cast<SeenPolicy>(seen);
}

v1::Reason ReasonMessage(Reason reason) {
  switch (reason) {
    case Reason::kHistory:
      return v1::REASON_HISTORY;
    case Reason::kPopularityFallback:
      return v1::REASON_POPULARITY_FALLBACK;
    case Reason::kNoConsent:
      break;
  }
  return v1::REASON_NO_CONSENT;
}

v1::ItemReason ReasonMessage(ItemReason reason) {
  switch (reason) {
    case ItemReason::kRepeat:
      return v1::ITEM_REASON_REPEAT;
    case ItemReason::kSimilar:
      return v1::ITEM_REASON_SIMILAR;
    case ItemReason::kPopular:
      return v1::ITEM_REASON_POPULAR;
    case ItemReason::kNew:
      break;
  }
  return v1::ITEM_REASON_NEW;
}

template <class Strings>
std::vector<std::string_view> ViewsOf(const Strings& strings) {
  return {strings.begin(), strings.end()};
}

void FillItems(const std::vector<ScoredEntry>& entries, google::protobuf::RepeatedPtrField<v1::ScoredItem>& items) {
  items.Reserve(static_cast<int>(entries.size()));
  for (const ScoredEntry& entry : entries) {
    v1::ScoredItem& item = *items.Add();
    item.set_item_id(ToUtf8(entry.id));
    item.set_title(ToUtf8(entry.title));
    item.set_score(entry.score);
    item.set_rank(items.size());
    item.set_reason(ReasonMessage(entry.reason));
  }
}

void FillHistory(const std::vector<PastEvent>& history, v1::RecommendResponse& message) {
  for (const PastEvent& past : history) {
    v1::PastEvent& event = *message.add_history();
    event.set_item_id(ToUtf8(past.item_id));
    event.set_title(ToUtf8(past.title));
    event.set_time(past.time);
  }
}

void FillEntry(const BatchOutcome& outcome, v1::RecommendBatchEntry& entry) {
  if (const auto* answer = std::get_if<Recommendation>(&outcome)) {
    FillMessage(*answer, *entry.mutable_response());
    return;
  }
  const Error& error = std::get<Error>(outcome);
  entry.mutable_error()->set_code(static_cast<int>(error.code()));
  entry.mutable_error()->set_message(ToUtf8(error.what()));
}

}  // namespace

features::Value ValueFrom(const v1::ContextValue& message) {
  switch (message.kind_case()) {
    case v1::ContextValue::kNumber:
      return message.number();
    case v1::ContextValue::kText:
      return message.text();
    case v1::ContextValue::kTexts:
      return std::vector<std::string>(message.texts().values().begin(), message.texts().values().end());
    case v1::ContextValue::KIND_NOT_SET:
      break;
  }
  return std::monostate();
}

RecommendRequest RequestFrom(const v1::RecommendRequest& message) {
  RecommendRequest request;
  if (message.has_user_id()) request.user_id = message.user_id();
  request.history.reserve(static_cast<std::size_t>(message.history_size()));
  for (const v1::HistoryEvent& event : message.history()) request.history.push_back({event.item_id(), event.time()});
  for (const auto& [name, value] : message.context()) request.context.emplace(name, ValueFrom(value));
  request.k = message.k();
  request.exclude_item_ids = ViewsOf(message.exclude_item_ids());
  request.seen = SeenFrom(message.seen());
  request.time = message.time();
  request.return_history = message.return_history();
  request.filter = FilterFrom(message);
  return request;
}

std::vector<RecommendRequest> RequestsFrom(const v1::RecommendBatchRequest& message) {
  std::vector<RecommendRequest> requests;
  requests.reserve(static_cast<std::size_t>(message.requests_size()));
  for (const v1::RecommendRequest& request : message.requests()) requests.push_back(RequestFrom(request));
  return requests;
}

SimilarRequest RequestFrom(const v1::SimilarItemsRequest& message) {
  return {message.item_id(), message.k(), ViewsOf(message.exclude_item_ids()), FilterFrom(message)};
}

SimilarRequest RequestFrom(const v1::SimilarUsersRequest& message) {
  return {message.user_id(), message.k(), ViewsOf(message.exclude_user_ids())};
}

void FillMessage(const Recommendation& answer, v1::RecommendResponse& message) {
  FillItems(answer.items, *message.mutable_items());
  message.set_bundle_version(answer.snapshot->bundle().version());
  message.set_personalized(answer.personalized());
  message.set_reason(ReasonMessage(answer.reason));
  message.set_history_events(static_cast<std::int32_t>(answer.history_events));
  message.set_unknown_history_items(static_cast<std::int32_t>(answer.unknown_history_items));
  message.mutable_ignored_context()->Assign(answer.ignored_context.begin(), answer.ignored_context.end());
  FillHistory(answer.history, message);
}

void FillMessage(const RecommendBatchResult& result, v1::RecommendBatchResponse& message) {
  message.set_bundle_version(result.snapshot->bundle().version());
  for (const BatchOutcome& outcome : result.outcomes) FillEntry(outcome, *message.add_entries());
}

void FillMessage(const SimilarResult& result, v1::SimilarItemsResponse& message) {
  FillItems(result.entries, *message.mutable_items());
  message.set_bundle_version(result.snapshot->bundle().version());
}

void FillMessage(const SimilarResult& result, v1::SimilarUsersResponse& message) {
  message.set_bundle_version(result.snapshot->bundle().version());
  for (const ScoredEntry& entry : result.entries) {
    v1::ScoredUser& user = *message.add_users();
    user.set_user_id(ToUtf8(entry.id));
    user.set_score(entry.score);
    user.set_rank(message.users_size());
  }
}

}  // namespace shortlist::serve
