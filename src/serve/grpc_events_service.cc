#include "serve/grpc_events_service.h"

#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "base/clock.h"
#include "profile/tcf_string.h"
#include "serve/grpc_privacy.h"
#include "serve/grpc_record_stream.h"
#include "serve/model_data.h"
#include "serve/utf8.h"

namespace shortlist::serve {
namespace {

using profile::Recorded;

// Kinds and purposes of messages count from one, after UNSPECIFIED.
constexpr bool kKindsAgree = static_cast<int>(EventKind::kSearch) + 1 == v1::EVENT_KIND_SEARCH &&
                             static_cast<int>(EventKind::kPurchase) + 1 == v1::EVENT_KIND_PURCHASE;
static_assert(kKindsAgree);
static_assert(static_cast<int>(profile::Purpose::kGroupProfiling) + 1 == v1::PURPOSE_GROUP_PROFILING);

profile::Event EventFrom(const v1::Event& message) {
  profile::Event event;
  event.id = message.event_id();
  event.user = message.user_id();
  event.kind = static_cast<EventKind>(message.kind() - 1);
  event.item = message.item_id();
  event.time = message.time();
  event.quantity = message.quantity();
  event.price = message.price();
  event.dwell_seconds = message.dwell_seconds();
  event.query = message.query();
  event.device = message.device();
  event.channel = message.channel();
  event.locale = message.locale();
  event.request = message.request_id();
  return event;
}

std::optional<Error> ProblemOf(const v1::Event& message, const std::string& place) {
  if (message.kind() == v1::EVENT_KIND_UNSPECIFIED || !v1::EventKind_IsValid(message.kind())) {
    return Error(Code::kInvalidArgument, place + ".kind is " + std::to_string(message.kind()) +
                                             "; give one of EventKind, such as EVENT_KIND_VIEW");
  }
  return profile::FindProblem(EventFrom(message), place);
}

v1::EventStatus StatusOf(Recorded outcome) {
  switch (outcome) {
    case Recorded::kDone:
      return v1::EVENT_STATUS_RECORDED;
    case Recorded::kDuplicate:
      return v1::EVENT_STATUS_DUPLICATE;
    case Recorded::kTooOld:
      return v1::EVENT_STATUS_TOO_OLD;
    case Recorded::kInFuture:
      return v1::EVENT_STATUS_IN_FUTURE;
    case Recorded::kDenied:
    case Recorded::kOutdated:  // of consents alone
    case Recorded::kTaken:     // of identifications
      break;
  }
  return v1::EVENT_STATUS_DENIED;
}

std::uint64_t NamedPurposes(const v1::SetConsentRequest& request) {
  std::uint64_t mask = 0;
  for (const int purpose : request.purposes()) {
    if (purpose == v1::PURPOSE_UNSPECIFIED || !v1::Purpose_IsValid(purpose)) {
      throw Error(Code::kInvalidArgument, "purposes has " + std::to_string(purpose) + ", which is not one of Purpose");
    }
    mask |= std::uint64_t{1} << (purpose - 1);
  }
  return mask;
}

std::uint64_t MaskFrom(const v1::SetConsentRequest& request) {
  if (!request.tcf_string().empty() && request.purposes_size() > 0) {
    throw Error(Code::kInvalidArgument, "purposes and tcf_string are both given; give the one or the other");
  }
  const std::uint64_t mask = request.tcf_string().empty()
                                 ? NamedPurposes(request)
                                 : profile::PurposesFrom(profile::TcfChoicesFrom(request.tcf_string()));
  return request.gpc() ? profile::PurposesUnderGpc(mask) : mask;
}

std::string SourceOf(const v1::SetConsentRequest& request) {
  if (!request.source().empty()) return request.source();
  if (!request.tcf_string().empty()) return request.gpc() ? "tcf, gpc" : "tcf";
  return request.gpc() ? "gpc" : "";
}

void RequireBatch(std::size_t events, std::int64_t most) {
  if (events == 0) throw Error(Code::kInvalidArgument, "events is empty");
  if (events <= static_cast<std::size_t>(most)) return;
  throw Error(Code::kInvalidArgument, "events has " + std::to_string(events) + " entries; at most " +
                                          std::to_string(most) + " are taken at a time (serve.events.max_batch)");
}

void RequireShopper(const std::string& user_id) {
  if (const auto problem = profile::FindProblemOfShopper(user_id)) throw *problem;
}

}  // namespace

profile::LiveProfiles& GrpcEventsService::Profiles() const {
  if (profiles_ != nullptr) return *profiles_;
  throw Error(Code::kFailedPrecondition, "this server takes no events: serve.events.directory names no folder");
}

void GrpcEventsService::RecordAll(const v1::RecordRequest& request, bool objects, v1::RecordResponse& response) const {
  profile::LiveProfiles& profiles = Profiles();
  RequireBatch(static_cast<std::size_t>(request.events_size()), profiles.settings().max_batch);
  std::vector<profile::Entry> entries;
  std::vector<v1::EventOutcome*> places;
  for (int i = 0; i < request.events_size(); ++i) {
    v1::EventOutcome& outcome = *response.add_outcomes();
    if (const auto problem = ProblemOf(request.events(i), "events[" + std::to_string(i) + "]")) {
      outcome.set_status(v1::EVENT_STATUS_INVALID);
      outcome.set_message(ToUtf8(problem->what()));
      continue;
    }
    if (objects) {
      outcome.set_status(v1::EVENT_STATUS_DENIED);
      continue;
    }
    entries.emplace_back(EventFrom(request.events(i)));
    places.push_back(&outcome);
  }
  if (entries.empty()) return;
  const std::vector<Recorded> outcomes = profiles.Record(std::move(entries), base::UnixSeconds());
  for (std::size_t i = 0; i < outcomes.size(); ++i) places[i]->set_status(StatusOf(outcomes[i]));
}

void GrpcEventsService::ChangeConsent(const v1::SetConsentRequest& request) const {
  profile::ConsentChange change{request.user_id(),
                                {MaskFrom(request), request.version(), SourceOf(request), request.time()}};
  if (const auto problem = profile::FindProblem(change)) throw *problem;
  if (Profiles().Record({std::move(change)}, base::UnixSeconds()).front() != Recorded::kInFuture) return;
  throw Error(Code::kInvalidArgument, "time is later than the server's clock");
}

void GrpcEventsService::IdentifyVisitor(const v1::IdentifyRequest& request) const {
  profile::Identification found{request.user_id(), request.visitor_id(), std::nullopt};
  if (const auto problem = profile::FindProblem(found)) throw *problem;
  if (Profiles().Record({std::move(found)}, base::UnixSeconds()).front() != Recorded::kTaken) return;
  throw Error(Code::kFailedPrecondition,
              "visitor_id turned out to be another shopper before; give visitors a new id when a shopper signs out");
}

profile::ShopperData GrpcEventsService::AllThatIsHeld(const std::string& user_id) const {
  profile::ShopperData data = Profiles().Export(user_id);
  data.models = ReadModelData(retrieval_.traffic(), user_id, data);
  return data;
}

grpc::ServerUnaryReactor* GrpcEventsService::Record(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::RecordRequest, v1::RecordResponse>(
      resources_, "shortlist.v1.Events/Record", context, request, response,
      [this, context](const v1::RecordRequest& message, v1::RecordResponse& answer) {
        RecordAll(message, HasGlobalPrivacyControl(*context), answer);
      });
}

grpc::ServerBidiReactor<grpc::ByteBuffer, grpc::ByteBuffer>* GrpcEventsService::RecordStream(
    grpc::CallbackServerContext* context) {
  return new serve::RecordStream(
      resources_, "shortlist.v1.Events/RecordStream", *context,
      [this, objects = HasGlobalPrivacyControl(*context)](const v1::RecordRequest& batch, v1::RecordResponse& answer) {
        RecordAll(batch, objects, answer);
      });
}

grpc::ServerUnaryReactor* GrpcEventsService::Identify(grpc::CallbackServerContext* context,
                                                      const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::IdentifyRequest, v1::IdentifyResponse>(
      resources_, "shortlist.v1.Events/Identify", context, request, response,
      [this](const v1::IdentifyRequest& message, v1::IdentifyResponse& /*answer*/) { IdentifyVisitor(message); });
}

grpc::ServerUnaryReactor* GrpcEventsService::Erase(grpc::CallbackServerContext* context,
                                                   const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::EraseRequest, v1::EraseResponse>(
      resources_, "shortlist.v1.Events/Erase", context, request, response,
      [this](const v1::EraseRequest& message, v1::EraseResponse& answer) {
        RequireShopper(message.user_id());
        answer.set_receipt(Profiles().Erase(message.user_id(), base::UnixSeconds()));
      });
}

grpc::ServerUnaryReactor* GrpcEventsService::Export(grpc::CallbackServerContext* context,
                                                    const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::ExportRequest, v1::ExportResponse>(
      resources_, "shortlist.v1.Events/Export", context, request, response,
      [this](const v1::ExportRequest& message, v1::ExportResponse& answer) {
        RequireShopper(message.user_id());
        answer.set_data(ToJson(AllThatIsHeld(message.user_id())));
      });
}

grpc::ServerUnaryReactor* GrpcEventsService::SetConsent(grpc::CallbackServerContext* context,
                                                        const grpc::ByteBuffer* request, grpc::ByteBuffer* response) {
  return AnswerCall<v1::SetConsentRequest, v1::SetConsentResponse>(
      resources_, "shortlist.v1.Events/SetConsent", context, request, response,
      [this](const v1::SetConsentRequest& message, v1::SetConsentResponse& /*answer*/) { ChangeConsent(message); });
}

}  // namespace shortlist::serve
