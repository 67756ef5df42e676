// Instructions of kernels as source lines.
#pragma once

#include <cstddef>
#include <cstdint>
#include <map>
#include <mutex>
#include <string>
#include <utility>
#include <vector>

#include "simt/device/call_site.h"

namespace shortlist::simt {

// An instruction in 32 bits, so that it fits into a shadow cell; 0 is none. It is the distance of a return address from
// the start of the program, or the number of a call site that the compiler has told of.
using Site = std::uint32_t;

// May be used by several threads at once.
class SourceLines {
 public:
  static Site Of(const void* return_address);
  Site Of(const CallSite& call);

  // "gather_pool.cu:42": where a kernel's source has the instruction, with what the shim's headers inlined into it. By
  // addr2line from the debug information; "?" where there is none.
  std::string Text(Site site) const;

 private:
  static constexpr Site kFirstCall = 0x80000000U;

  mutable std::mutex mutex_;
  mutable std::map<Site, std::string> looked_up_;
  std::map<std::pair<std::string, int>, Site> numbers_;
  std::vector<std::string> calls_;
};

// Lies within the program's own code and static data.
bool InProgram(const void* data);

}  // namespace shortlist::simt
