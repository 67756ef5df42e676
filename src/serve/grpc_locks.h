// The locks that gRPC takes for every call.
#pragma once

namespace shortlist::serve {

// From now on, Abseil does not look for cycles among the locks of this process. Where it was built for debugging, as
// Debian's is, it keeps the order in which all of them are taken in one graph behind one lock, and all threads of gRPC
// queue up there. Idempotent.
void StopSeekingLockCycles();

}  // namespace shortlist::serve
