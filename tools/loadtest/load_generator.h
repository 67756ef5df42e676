// Puts a load on servers and measures how they bear it.
#pragma once

#include <functional>

#include "loadtest/latency_histogram.h"
#include "loadtest/load_plan.h"
#include "loadtest/prepared_calls.h"

namespace shortlist::tools {

// What a load test has seen so far; handed out a few times a second.
struct LoadProgress {
  std::int64_t answered = 0;  // after the warm-up, whatever the status
  std::int64_t failed = 0;
  const LatencyHistogram& latencies;
};

// Returns when the plan's time is over, or `keep_on` (asked with the progress) says no, and every call has ended.
// Throws Error{kInvalidArgument} for a plan that has no address, and for one without calls, connections, callers or
// time; Error{kUnavailable} if an address cannot be connected to within 3 s.
LoadReport RunLoad(const LoadPlan& plan, const PreparedCalls& calls,
                   const std::function<bool(const LoadProgress&)>& keep_on);

}  // namespace shortlist::tools
