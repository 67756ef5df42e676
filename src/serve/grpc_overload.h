// Refusals of a server that has enough to do.
#pragma once

#include <string>

#include "serve/grpc_call.h"
#include "serve/quota.h"
#include "shortlist/settings/serve_overload.h"

namespace shortlist::serve {

// RESOURCE_EXHAUSTED, and word for the client's retry policy when to come back: settings.retry_after_milliseconds, give
// or take half, so that those who are refused together do not come back together.
grpc::Status Overloaded(const Call& call, const std::string& why, const OverloadSettings& settings);

// Whether a call that waited for a thread should be refused rather than answered late.
bool WaitedTooLong(const Call& call, const OverloadSettings& settings);

// Refuses calls while settings.max_in_flight others are under way.
class InFlightLimit final : public CallFilter {
 public:
  explicit InFlightLimit(const OverloadSettings& settings) : settings_(settings) {}

  grpc::Status Admit(Call& call) override;
  void Finished(const Call& /*call*/, const grpc::Status& /*status*/) override {}

 private:
  OverloadSettings settings_;
};

// Refuses clients that call more often than settings.quota allows.
class QuotaFilter final : public CallFilter {
 public:
  explicit QuotaFilter(const OverloadSettings& settings) : settings_(settings), quota_(settings.quota) {}

  grpc::Status Admit(Call& call) override;
  void Finished(const Call& /*call*/, const grpc::Status& /*status*/) override {}

 private:
  OverloadSettings settings_;
  Quota quota_;
};

}  // namespace shortlist::serve
