// Counts and times every call, gives it an id, and writes some of them to the log. docs/operations.md lists metrics and
// fields.
#pragma once

#include "serve/grpc_call.h"
#include "shortlist/settings/serve_metrics.h"
#include "telemetry/pseudonym.h"
#include "telemetry/serving_metrics.h"

namespace shortlist::serve {

// The first filter of a path, so that it sees every call and its whole time. Answers carry the headers x-request-id,
// the client's own or a new one, and traceparent, the client's own.
class TelemetryFilter final : public CallFilter {
 public:
  // `metrics` must outlive the filter. Throws what Pseudonyms::FromFile throws.
  TelemetryFilter(const AccessLogSettings& settings, telemetry::ServingMetrics& metrics);

  grpc::Status Admit(Call& call) override;
  void Finished(const Call& call, const grpc::Status& status) override;

 private:
  void Record(const Call& call, const grpc::Status& status, double seconds) const;

  double fraction_;
  telemetry::Pseudonyms pseudonyms_;
  telemetry::ServingMetrics& metrics_;
};

}  // namespace shortlist::serve
