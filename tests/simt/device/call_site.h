// Where a kernel called into the runtime, for reports.
#pragma once

namespace shortlist::simt {

struct CallSite {
  // As the default of a parameter: the place of the call.
  static constexpr CallSite Here(const char* file = __builtin_FILE(), int line = __builtin_LINE()) {
    return {file, line};
  }
  friend bool operator==(const CallSite&, const CallSite&) = default;

  const char* file = "";
  int line = 0;
};

}  // namespace shortlist::simt

// Code of the simulation that is compiled together with kernels: a race detector that instruments kernels is not to
// take its loads and stores for the kernel's.
#define SIMT_UNOBSERVED __attribute__((no_sanitize("thread")))
