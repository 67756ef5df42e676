// Who a request is in logs: an id of its own, and its place in a trace of several programs (W3C Trace Context,
// https://www.w3.org/TR/trace-context).
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace shortlist::telemetry {

struct TraceContext {
  std::string trace_id;   // 32 lower-case hexadecimal digits, not all zero
  std::string parent_id;  // 16 of them, not all zero
  bool sampled = false;   // the caller records this trace
};

// The value of the header `traceparent`; none if it is malformed, in which case the standard says to go on without.
std::optional<TraceContext> ParseTraceparent(std::string_view header);

// Whether a client's x-request-id may be logged and sent back: 1 to 128 letters, digits and "-_.:/+=".
bool IsRequestId(std::string_view text);

// 16 hexadecimal digits that are unlike all others. Any thread may ask.
std::string MakeRequestId();

}  // namespace shortlist::telemetry
