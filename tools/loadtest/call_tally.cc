#include "loadtest/call_tally.h"

#include <algorithm>
#include <cstddef>

#include "shortlist/error.h"

namespace shortlist::tools {

void CallTally::Sent(LoadClock::time_point intended, LoadClock::time_point now) {
  if (window_.Holds(intended)) lags_.Record(now - intended);
}

void CallTally::Ended(int code, LoadClock::time_point intended, LoadClock::time_point now) {
  ended_.fetch_add(1, std::memory_order_relaxed);
  if (code == 0) succeeded_.fetch_add(1, std::memory_order_relaxed);
  if (!window_.Holds(intended)) return;
  by_code_[static_cast<std::size_t>(std::clamp(code, 0, kCodes - 1))].fetch_add(1, std::memory_order_relaxed);
  if (code == 0) latencies_.Record(now - intended);
}

std::int64_t CallTally::measured_failures() const {
  std::int64_t failures = 0;
  for (std::size_t code = 1; code < by_code_.size(); ++code) failures += by_code_[code];
  return failures;
}

std::map<std::string, std::int64_t> CallTally::CallsByCode() const {
  std::map<std::string, std::int64_t> calls;
  for (std::size_t code = 0; code < by_code_.size(); ++code) {
    if (by_code_[code] > 0) calls[code == 0 ? "OK" : CodeName(static_cast<Code>(code))] = by_code_[code];
  }
  return calls;
}

}  // namespace shortlist::tools
