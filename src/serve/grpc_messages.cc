#include "serve/grpc_messages.h"

#include <cstddef>
#include <string>

#include "serve/grpc_conditions.h"
#include "serve/message_writer.h"
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

// As items of the message that they are in, from the last on.
void WriteItems(const std::vector<ScoredEntry>& items, MessageWriter& message) {
  for (std::size_t rank = items.size(); rank > 0; --rank) {
    const ScoredEntry& item = items[rank - 1];
    message.Message(v1::RecommendResponse::kItemsFieldNumber, [&] {
      message.Number(v1::ScoredItem::kReasonFieldNumber, ReasonMessage(item.reason));
      message.Number(v1::ScoredItem::kRankFieldNumber, static_cast<std::int64_t>(rank));
      message.Float(v1::ScoredItem::kScoreFieldNumber, item.score);
      message.Text(v1::ScoredItem::kTitleFieldNumber, item.title);
      message.Text(v1::ScoredItem::kItemIdFieldNumber, item.id);
    });
  }
}

void WriteHistory(const std::vector<PastEvent>& history, MessageWriter& message) {
  for (std::size_t place = history.size(); place > 0; --place) {
    const PastEvent& event = history[place - 1];
    message.Message(v1::RecommendResponse::kHistoryFieldNumber, [&] {
      message.Number(v1::PastEvent::kTimeFieldNumber, event.time);
      message.Text(v1::PastEvent::kTitleFieldNumber, event.title);
      message.Text(v1::PastEvent::kItemIdFieldNumber, event.item_id);
    });
  }
}

void WriteAnswer(const Recommendation& answer, MessageWriter& message) {
  using Response = v1::RecommendResponse;
  WriteHistory(answer.history, message);
  for (std::size_t place = answer.ignored_context.size(); place > 0; --place) {
    message.RepeatedText(Response::kIgnoredContextFieldNumber, answer.ignored_context[place - 1]);
  }
  message.Number(Response::kUnknownHistoryItemsFieldNumber, answer.unknown_history_items);
  message.Number(Response::kHistoryEventsFieldNumber, answer.history_events);
  message.Number(Response::kReasonFieldNumber, ReasonMessage(answer.reason));
  message.Number(Response::kPersonalizedFieldNumber, answer.personalized() ? 1 : 0);
  message.Text(Response::kBundleVersionFieldNumber, answer.snapshot->bundle().version());
  WriteItems(answer.items, message);
}

void WriteError(const Error& error, MessageWriter& message) {
  message.Message(v1::RecommendBatchEntry::kErrorFieldNumber, [&] {
    message.Text(v1::EntryStatus::kMessageFieldNumber, error.what());
    message.Number(v1::EntryStatus::kCodeFieldNumber, static_cast<int>(error.code()));
  });
}

void WriteEntry(const BatchOutcome& outcome, MessageWriter& message) {
  if (const auto* const error = std::get_if<Error>(&outcome)) return WriteError(*error, message);
  message.Message(v1::RecommendBatchEntry::kResponseFieldNumber,
                  [&] { WriteAnswer(std::get<Recommendation>(outcome), message); });
}

// Bytes that messages take at most.
template <class... Texts>
std::size_t MostBytes(std::size_t other_fields, const Texts&... texts) {
  return (other_fields + sizeof...(texts)) * MessageWriter::kMostBytesOfField + (texts.size() + ... + 0);
}

std::size_t MostBytesOf(const Recommendation& answer) {
  constexpr std::size_t kNumbers = 4;
  std::size_t bytes = MostBytes(kNumbers, answer.snapshot->bundle().version());
  for (const ScoredEntry& item : answer.items) bytes += MostBytes(4, item.id, item.title);
  for (const std::string& name : answer.ignored_context) bytes += MostBytes(0, name);
  for (const PastEvent& event : answer.history) bytes += MostBytes(2, event.item_id, event.title);
  return bytes;
}

std::size_t MostBytesOf(const BatchOutcome& outcome) {
  constexpr std::size_t kMessages = 2;
  const auto* const error = std::get_if<Error>(&outcome);
  if (error != nullptr) return MostBytes(kMessages + 1, std::string_view(error->what()));
  return MostBytes(kMessages) + MostBytesOf(std::get<Recommendation>(outcome));
}

// The message that `write` writes into at most so many bytes.
template <class Write>
grpc::Slice Written(std::size_t most, const Write& write) {
  const grpc::Slice room(most);
  // Nobody else knows of the slice yet.
  MessageWriter message({const_cast<std::uint8_t*>(room.begin()), room.size()});
  write(message);
  return room.sub(message.begin(), room.size());
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

grpc::Slice MessageOf(const Recommendation& answer) {
  return Written(MostBytesOf(answer), [&](MessageWriter& message) { WriteAnswer(answer, message); });
}

grpc::Slice MessageOf(const RecommendBatchResult& result) {
  using Response = v1::RecommendBatchResponse;
  const std::string_view version = result.snapshot->bundle().version();
  std::size_t most = MostBytes(0, version);
  for (const BatchOutcome& outcome : result.outcomes) most += MostBytesOf(outcome);
  return Written(most, [&](MessageWriter& message) {
    message.Text(Response::kBundleVersionFieldNumber, version);
    for (std::size_t place = result.outcomes.size(); place > 0; --place) {
      message.Message(Response::kEntriesFieldNumber, [&] { WriteEntry(result.outcomes[place - 1], message); });
    }
  });
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
