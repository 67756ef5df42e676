// The one exception type of Shortlist.
//
// Thrown anywhere; caught only in program mains, RPC handlers and thread entries. Expected outcomes (an unknown user, a
// full queue) are return values, not errors. A message says what was wrong, where (file, line, column, field) and what
// to do about it.
#pragma once

#include <stdexcept>
#include <string>

namespace shortlist {

// The values and meanings of google.rpc.Code, so that a code crosses an RPC unchanged.
enum class Code {
  kCancelled = 1,
  kUnknown = 2,
  kInvalidArgument = 3,
  kDeadlineExceeded = 4,
  kNotFound = 5,
  kAlreadyExists = 6,
  kPermissionDenied = 7,
  kResourceExhausted = 8,
  kFailedPrecondition = 9,
  kAborted = 10,
  kOutOfRange = 11,
  kUnimplemented = 12,
  kInternal = 13,
  kUnavailable = 14,
  kDataLoss = 15,
  kUnauthenticated = 16,
};

// The canonical upper-case name, for example "INVALID_ARGUMENT".
const char* CodeName(Code code);

class Error : public std::runtime_error {
 public:
  Error(Code code, const std::string& message) : std::runtime_error(message), code_(code) {}

  Code code() const { return code_; }

 private:
  Code code_;
};

}  // namespace shortlist
