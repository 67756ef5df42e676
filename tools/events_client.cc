#include "events_client.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include <grpcpp/grpcpp.h>

#include "client_channel.h"
#include "shortlist/error.h"
#include "shortlist/v1/events.grpc.pb.h"

namespace shortlist::tools {
namespace {

// "add_to_cart" is EVENT_KIND_ADD_TO_CART; a word that is none becomes EVENT_KIND_UNSPECIFIED, which the server
// refuses.
v1::EventKind KindOf(const std::string& word) {
  std::string name = "EVENT_KIND_";
  for (const char letter : word) name += static_cast<char>(std::toupper(static_cast<unsigned char>(letter)));
  v1::EventKind kind = v1::EVENT_KIND_UNSPECIFIED;
  v1::EventKind_Parse(name, &kind);
  return kind;
}

void Fill(const RecordedEvent& event, v1::Event& message) {
  message.set_event_id(event.event_id);
  message.set_user_id(event.user);
  message.set_kind(KindOf(event.event_type));
  message.set_item_id(event.item);
  message.set_time(event.time);
  message.set_quantity(event.quantity);
  message.set_price(event.price);
  message.set_dwell_seconds(event.dwell_seconds);
  message.set_query(event.query);
  message.set_device(event.device);
  message.set_channel(event.channel);
  message.set_locale(event.locale);
  if (!event.request_id.empty()) message.set_request_id(event.request_id);
}

std::string WordOf(v1::EventStatus status) {
  constexpr std::size_t kPrefix = std::string_view("EVENT_STATUS_").size();
  std::string word = v1::EventStatus_Name(status).substr(kPrefix);
  for (char& letter : word) letter = static_cast<char>(std::tolower(static_cast<unsigned char>(letter)));
  return word;
}

RecordCounts CountsOf(const v1::RecordResponse& response) {
  RecordCounts counts;
  for (const v1::EventOutcome& outcome : response.outcomes()) {
    ++counts.outcomes[WordOf(outcome.status())];
    if (counts.first_problem.empty()) counts.first_problem = outcome.message();
  }
  return counts;
}

}  // namespace

struct EventsClient::State {
  // Makes the call that a method of the stub is for.
  template <class Request, class Response>
  Response Call(grpc::Status (v1::Events::Stub::*method)(grpc::ClientContext*, const Request&, Response*),
                const Request& request) const {
    grpc::ClientContext context;
    context.set_deadline(std::chrono::system_clock::now() + deadline);
    Response response;
    const grpc::Status status = (stub.get()->*method)(&context, request, &response);
    if (status.ok()) return response;
    const auto code = static_cast<Code>(status.error_code());
    if (code != Code::kUnavailable) throw Error(code, status.error_message());
    throw Error(code, "no server takes events at '" + address + "' (" + status.error_message() + ")");
  }

  std::string address;
  std::chrono::milliseconds deadline;
  std::unique_ptr<v1::Events::Stub> stub;
};

EventsClient::EventsClient(std::string address, std::chrono::milliseconds deadline, const ClientSecurity& security)
    : state_(std::make_unique<State>(State{std::move(address), deadline, nullptr})) {
  state_->stub = v1::Events::NewStub(MakeChannel(state_->address, security));
}

EventsClient::~EventsClient() = default;

RecordCounts EventsClient::Record(const std::vector<RecordedEvent>& events) const {
  v1::RecordRequest request;
  for (const RecordedEvent& event : events) Fill(event, *request.add_events());
  return CountsOf(state_->Call(&v1::Events::Stub::Record, request));
}

void EventsClient::Identify(const std::string& visitor, const std::string& user) const {
  v1::IdentifyRequest request;
  request.set_visitor_id(visitor);
  request.set_user_id(user);
  state_->Call(&v1::Events::Stub::Identify, request);
}

std::string EventsClient::Erase(const std::string& user) const {
  v1::EraseRequest request;
  request.set_user_id(user);
  return state_->Call(&v1::Events::Stub::Erase, request).receipt();
}

std::string EventsClient::Export(const std::string& user) const {
  v1::ExportRequest request;
  request.set_user_id(user);
  return state_->Call(&v1::Events::Stub::Export, request).data();
}

}  // namespace shortlist::tools
