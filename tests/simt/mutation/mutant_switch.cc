#include "simt/mutation/mutant_switch.h"

#include <cstdlib>

namespace shortlist::simt {
namespace {

const int kPlanted = [] {
  const char* const number = std::getenv("SHORTLIST_MUTANT");
  return number == nullptr ? 0 : std::atoi(number);
}();

}  // namespace

// Called by kernels, which may not be seen to read the host's memory.
__attribute__((no_sanitize("thread"))) bool IsPlanted(int mutant) {
  return mutant == kPlanted;
}

}  // namespace shortlist::simt
