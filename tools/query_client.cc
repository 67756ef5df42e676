#include "query_client.h"

#include <utility>

#include <grpcpp/grpcpp.h>

#include "client_channel.h"
#include "shortlist/error.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::tools {
namespace {

v1::SeenPolicy SeenMessage(Seen seen) {
  switch (seen) {
    case Seen::kAsConfigured:
      return v1::SEEN_POLICY_UNSPECIFIED;
    case Seen::kMask:
      return v1::SEEN_POLICY_MASK;
    case Seen::kAllow:
      break;
  }
  return v1::SEEN_POLICY_ALLOW;
}

v1::RecommendRequest RequestMessage(const RecommendQuery& query) {
  v1::RecommendRequest message;
  if (query.user_id) message.set_user_id(*query.user_id);
  for (const HistoryItem& item : query.history) {
    v1::HistoryEvent* event = message.add_history();
    event->set_item_id(item.item_id);
    event->set_time(item.time);
  }
  for (const auto& [name, value] : query.context) (*message.mutable_context())[name] = MessageOf(value);
  message.set_k(query.k);
  message.mutable_exclude_item_ids()->Assign(query.exclude_item_ids.begin(), query.exclude_item_ids.end());
  message.set_seen(SeenMessage(query.seen));
  message.set_time(query.time);
  message.set_return_history(query.return_history);
  if (!query.where.empty()) message.set_where(query.where);
  message.mutable_only_item_ids()->Assign(query.only_item_ids.begin(), query.only_item_ids.end());
  return message;
}

std::string ReasonName(v1::Reason reason) {
  switch (reason) {
    case v1::REASON_HISTORY:
      return "history";
    case v1::REASON_POPULARITY_FALLBACK:
      return "popularity_fallback";
    case v1::REASON_NO_CONSENT:
      return "no_consent";
    default:
      return "unspecified";
  }
}

std::string ReasonName(v1::ItemReason reason) {
  switch (reason) {
    case v1::ITEM_REASON_REPEAT:
      return "repeat";
    case v1::ITEM_REASON_SIMILAR:
      return "similar";
    case v1::ITEM_REASON_POPULAR:
      return "popular";
    case v1::ITEM_REASON_NEW:
      return "new";
    default:
      return "unspecified";
  }
}

ScoredAnswer AnswerFrom(const v1::ScoredItem& item) {
  return {item.item_id(), item.title(), item.score(), item.rank(), ReasonName(item.reason())};
}

Shortlist ShortlistFrom(const v1::RecommendResponse& message) {
  Shortlist shortlist;
  for (const v1::ScoredItem& item : message.items()) shortlist.items.push_back(AnswerFrom(item));
  shortlist.bundle_version = message.bundle_version();
  shortlist.personalized = message.personalized();
  shortlist.reason = ReasonName(message.reason());
  shortlist.history_events = message.history_events();
  shortlist.unknown_history_items = message.unknown_history_items();
  shortlist.ignored_context.assign(message.ignored_context().begin(), message.ignored_context().end());
  for (const v1::PastEvent& event : message.history()) {
    shortlist.history.push_back({event.item_id(), event.title(), event.time()});
  }
  return shortlist;
}

BatchEntry EntryFrom(const v1::RecommendBatchEntry& message) {
  if (message.has_response()) return {ShortlistFrom(message.response()), {}};
  const auto code = static_cast<Code>(message.error().code());
  return {std::nullopt, std::string(CodeName(code)) + ": " + message.error().message()};
}

}  // namespace

struct QueryClient::State {
  std::string address;
  std::chrono::milliseconds deadline;
  std::unique_ptr<v1::Retrieval::Stub> stub;

  // Calls one method of the stub; an answer or an Error.
  template <class Response, class Request>
  Response Call(grpc::Status (v1::Retrieval::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    Response response;
    const grpc::Status status = (stub.get()->*method)(&context, request, &response);
    if (!status.ok()) throw ErrorFrom(status);
    return response;
  }

  Error ErrorFrom(const grpc::Status& status) const {
    const auto code = static_cast<Code>(status.error_code());
    // This client cancels nothing: a call that arrives while a server shuts down is cancelled by gRPC
    // (https://github.com/grpc/grpc/issues/41785).
    if (code == Code::kUnavailable || code == Code::kCancelled) {
      return {Code::kUnavailable, "no server answers at '" + address + "'; is `shortlist serve` running there? (" +
                                      status.error_message() + ")"};
    }
    if (code == Code::kDeadlineExceeded) {
      return {code, "no answer from '" + address + "' within " + std::to_string(deadline.count()) + " ms"};
    }
    return {code, status.error_message()};
  }
};

QueryClient::QueryClient(std::string address, std::chrono::milliseconds deadline, const ClientSecurity& security)
    : state_(std::make_unique<State>(State{std::move(address), deadline, nullptr})) {
  state_->stub = v1::Retrieval::NewStub(MakeChannel(state_->address, security));
}

QueryClient::~QueryClient() = default;

Shortlist QueryClient::Recommend(const RecommendQuery& query) const {
  return ShortlistFrom(state_->Call(&v1::Retrieval::Stub::Recommend, RequestMessage(query)));
}

std::vector<BatchEntry> QueryClient::RecommendBatch(const std::vector<RecommendQuery>& queries) const {
  v1::RecommendBatchRequest request;
  for (const RecommendQuery& query : queries) *request.add_requests() = RequestMessage(query);
  const v1::RecommendBatchResponse response = state_->Call(&v1::Retrieval::Stub::RecommendBatch, request);
  std::vector<BatchEntry> entries;
  for (const v1::RecommendBatchEntry& entry : response.entries()) entries.push_back(EntryFrom(entry));
  return entries;
}

SimilarAnswer QueryClient::SimilarItems(const SimilarQuery& query) const {
  v1::SimilarItemsRequest request;
  request.set_item_id(query.id);
  request.set_k(query.k);
  request.mutable_exclude_item_ids()->Assign(query.exclude_ids.begin(), query.exclude_ids.end());
  request.set_where(query.where);
  request.mutable_only_item_ids()->Assign(query.only_ids.begin(), query.only_ids.end());
  const v1::SimilarItemsResponse response = state_->Call(&v1::Retrieval::Stub::SimilarItems, request);
  SimilarAnswer answer{{}, response.bundle_version()};
  for (const v1::ScoredItem& item : response.items()) answer.entries.push_back(AnswerFrom(item));
  return answer;
}

SimilarAnswer QueryClient::SimilarUsers(const SimilarQuery& query) const {
  v1::SimilarUsersRequest request;
  request.set_user_id(query.id);
  request.set_k(query.k);
  request.mutable_exclude_user_ids()->Assign(query.exclude_ids.begin(), query.exclude_ids.end());
  const v1::SimilarUsersResponse response = state_->Call(&v1::Retrieval::Stub::SimilarUsers, request);
  SimilarAnswer answer{{}, response.bundle_version()};
  for (const v1::ScoredUser& user : response.users()) {
    answer.entries.push_back({user.user_id(), {}, user.score(), user.rank(), {}});
  }
  return answer;
}

}  // namespace shortlist::tools
