// gRPC's own messages in the program's log instead of beside it.
#pragma once

namespace shortlist::serve {

// From now on, in the whole process: gRPC's errors, most of which are strangers' failed handshakes, are warnings here,
// and the rest is for debugging. Idempotent.
void TakeGrpcLogs();

}  // namespace shortlist::serve
