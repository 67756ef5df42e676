#include "fleet_arguments.h"

#include <chrono>
#include <string>

#include <grpc/grpc.h>

namespace shortlist::tools {
namespace {

using std::chrono::milliseconds;

// Longer than servers want between two pings (serve.connections.least_ping_seconds).
constexpr milliseconds kKeepaliveInterval(20'000);
// Also the TCP_USER_TIMEOUT of the connections: what was sent and is not acknowledged by then ends them.
constexpr milliseconds kKeepaliveTimeout(2000);
constexpr milliseconds kLeastTimeBetweenLookups(5000);

// CANCELLED is what a call gets that arrives in the instant of a server's shutdown.
std::string RetryPolicy(std::int64_t attempts) {
  return R"("retryPolicy":{"maxAttempts":)" + std::to_string(attempts) +
         R"(,"initialBackoff":"0.02s","maxBackoff":"0.5s","backoffMultiplier":2,)"
         R"("retryableStatusCodes":["UNAVAILABLE","RESOURCE_EXHAUSTED","CANCELLED"]},)";
}

std::string ServiceConfig(std::int64_t attempts) {
  return R"({"loadBalancingConfig":[{"round_robin":{}}],"methodConfig":[{)" +
         (attempts > 1 ? RetryPolicy(attempts) : std::string()) +
         R"("name":[{"service":"shortlist.v1.Retrieval"}]}],"retryThrottling":{"maxTokens":100,"tokenRatio":0.1}})";
}

}  // namespace

grpc::ChannelArguments FleetArguments(std::int64_t attempts) {
  grpc::ChannelArguments arguments;
  arguments.SetServiceConfigJSON(ServiceConfig(attempts));
  arguments.SetInt(GRPC_ARG_ENABLE_RETRIES, attempts > 1 ? 1 : 0);
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIME_MS, static_cast<int>(kKeepaliveInterval.count()));
  arguments.SetInt(GRPC_ARG_KEEPALIVE_TIMEOUT_MS, static_cast<int>(kKeepaliveTimeout.count()));
  arguments.SetInt(GRPC_ARG_DNS_MIN_TIME_BETWEEN_RESOLUTIONS_MS, static_cast<int>(kLeastTimeBetweenLookups.count()));
  return arguments;
}

}  // namespace shortlist::tools
