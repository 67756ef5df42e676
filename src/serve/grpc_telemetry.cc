#include "serve/grpc_telemetry.h"

#include <chrono>
#include <random>
#include <string>
#include <string_view>
#include <vector>

#include "base/log.h"
#include "shortlist/error.h"
#include "telemetry/request_identity.h"

namespace shortlist::serve {
namespace {

using Clock = std::chrono::steady_clock;

double Seconds(Clock::duration duration) {
  return std::chrono::duration<double>(duration).count();
}

bool Draw(double fraction) {
  if (fraction <= 0) return false;
  thread_local std::minstd_rand random{std::random_device()()};
  return std::generate_canonical<double, 31>(random) < fraction;
}

std::string_view HeaderOf(const grpc::CallbackServerContext& context, const char* name) {
  const auto& headers = context.client_metadata();
  const auto found = headers.find(name);
  return found == headers.end() ? std::string_view() : std::string_view(found->second.data(), found->second.size());
}

void Identify(Call& call) {
  const std::string_view given = HeaderOf(*call.context, "x-request-id");
  call.request_id = telemetry::IsRequestId(given) ? std::string(given) : telemetry::MakeRequestId();
  if (!call.answer_begun) call.context->AddInitialMetadata("x-request-id", call.request_id);
  const std::string_view trace = HeaderOf(*call.context, "traceparent");
  const auto context = telemetry::ParseTraceparent(trace);
  if (!context) return;
  call.trace_id = context->trace_id;
  if (!call.answer_begun) call.context->AddInitialMetadata("traceparent", std::string(trace));
}

const char* NameOf(const grpc::Status& status) {
  return status.ok() ? "OK" : CodeName(static_cast<Code>(status.error_code()));
}

}  // namespace

TelemetryFilter::TelemetryFilter(const AccessLogSettings& settings, telemetry::ServingMetrics& metrics)
    : fraction_(settings.fraction),
      pseudonyms_(telemetry::Pseudonyms::FromFile(settings.pseudonym_key)),
      metrics_(metrics) {}

grpc::Status TelemetryFilter::Admit(Call& call) {
  metrics_.Arrived();
  Identify(call);
  call.recorded = Draw(fraction_);
  return grpc::Status::OK;
}

void TelemetryFilter::Finished(const Call& call, const grpc::Status& status) {
  const double seconds = Seconds(Clock::now() - call.arrival);
  metrics_.Finished(telemetry::FindMethod(call.method), status.error_code(), seconds);
  if (call.turn != Clock::time_point()) metrics_.Waited(Seconds(call.turn - call.arrival));
  if (!call.rejection.empty()) metrics_.Rejected(call.rejection);
  if (call.recorded) Record(call, status, seconds);
}

// The status's message is left out: it may name a shopper.
void TelemetryFilter::Record(const Call& call, const grpc::Status& status, double seconds) const {
  const std::string subject = call.subject.empty() ? "" : pseudonyms_.Of(call.subject);
  std::vector<base::LogField> fields = {{"method", call.method},
                                        {"code", NameOf(status)},
                                        {"duration_seconds", seconds},
                                        {"client", call.client},
                                        {"request_id", call.request_id},
                                        {"request_bytes", static_cast<std::int64_t>(call.request_bytes)},
                                        {"response_bytes", static_cast<std::int64_t>(call.response_bytes)}};
  if (call.turn != Clock::time_point()) fields.push_back({"queue_seconds", Seconds(call.turn - call.arrival)});
  if (!call.rejection.empty()) fields.push_back({"rejection", call.rejection});
  if (!call.trace_id.empty()) fields.push_back({"trace_id", call.trace_id});
  if (!subject.empty()) fields.push_back({"user", subject});
  base::Log(base::LogLevel::kInfo, "call", fields);
}

}  // namespace shortlist::serve
