// What load to put on servers, and what came of it.
#pragma once

#include <chrono>
#include <cstdint>
#include <map>
#include <string>
#include <vector>

#include "client_security.h"
#include "loadtest/arrivals.h"

namespace shortlist::tools {

struct LoadPlan {
  // host:port, or what gRPC resolves, such as dns:///name:port; calls go round robin to all, and to all servers of a
  // name.
  std::vector<std::string> addresses;
  ClientSecurity security;       // towards each address
  std::int64_t connections = 1;  // to each address
  // Calls per second, whether or not earlier ones have been answered (open loop). 0: as many as `concurrency` callers
  // make who each wait for an answer before they call again (closed loop).
  double rate = 0;
  ArrivalKind arrivals = ArrivalKind::kPoisson;
  std::int64_t concurrency = 64;  // most calls under way; an open loop that reaches it sends late, and says so
  std::chrono::milliseconds warm_up{2000};
  std::chrono::milliseconds duration{10000};
  std::chrono::milliseconds deadline{1000};  // of a call, from the time at which it was meant to be sent
  std::int64_t attempts = 1;  // of a call within its deadline; above 1 only what came of the last one is counted
  std::int64_t batch = 1;     // shoppers per call; above 1 calls are RecommendBatch
  std::int32_t k = 10;
  std::uint64_t seed = 1;
};

// Of the calls that were meant to be sent after the warm-up.
struct LoadReport {
  double seconds = 0;        // from the end of the warm-up to the last answer
  double offered_rate = 0;   // calls per second that were meant to be sent
  double answered_rate = 0;  // calls per second answered with OK
  std::map<std::string, std::int64_t> calls_by_code;

  struct Quantile {
    std::string name;  // "p50", "p90", "p95", "p99", "p99.9", "max"
    std::chrono::nanoseconds latency{0};
  };
  // From the time at which a call was meant to be sent until its answer was there, so that a stall of the server counts
  // for every call that it delayed. Calls with status OK only.
  std::vector<Quantile> latencies;
  std::chrono::nanoseconds mean_latency{0};
  // How late this program sent calls: of 99 in 100, at most this much.
  std::chrono::nanoseconds send_lag{0};
  // CPU that this program took per call that was over; with a server in the same process, that of both.
  double client_microseconds = 0;
};

}  // namespace shortlist::tools
