// For programs that do not see single accesses.
#include "conformance/guarded.h"

namespace shortlist::conformance {

void Forbid(const void* /*memory*/, std::size_t /*bytes*/) {}

void Permit(const void* /*memory*/, std::size_t /*bytes*/) {}

}  // namespace shortlist::conformance
