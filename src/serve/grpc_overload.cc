#include "serve/grpc_overload.h"

#include <chrono>
#include <cstdint>

#include "features/stable_hash.h"

namespace shortlist::serve {
namespace {

// From half of `typical` to half as much again, by a hash of the call's arrival.
std::int64_t Spread(std::int64_t typical, const Call& call) {
  const auto ticks = static_cast<std::uint64_t>(call.arrival.time_since_epoch().count());
  return typical / 2 + static_cast<std::int64_t>(features::Mix64(ticks) % static_cast<std::uint64_t>(typical + 1));
}

}  // namespace

grpc::Status Overloaded(const Call& call, const std::string& why, const OverloadSettings& settings) {
  call.context->AddTrailingMetadata("grpc-retry-pushback-ms",
                                    std::to_string(Spread(settings.retry_after_milliseconds, call)));
  return {grpc::StatusCode::RESOURCE_EXHAUSTED, why};
}

bool WaitedTooLong(const Call& call, const OverloadSettings& settings) {
  const std::chrono::duration<double, std::milli> waited = std::chrono::steady_clock::now() - call.arrival;
  return waited.count() > settings.max_wait_milliseconds;
}

grpc::Status InFlightLimit::Admit(Call& call) {
  if (call.under_way <= settings_.max_in_flight) return grpc::Status::OK;
  call.rejection = "in_flight";
  return Overloaded(call, "too many calls are under way; try again later", settings_);
}

grpc::Status QuotaFilter::Admit(Call& call) {
  if (quota_.Take(call.client, call.arrival)) return grpc::Status::OK;
  call.rejection = "quota";
  return Overloaded(call, "this client calls more often than it may (serve.overload.quota)", settings_);
}

}  // namespace shortlist::serve
