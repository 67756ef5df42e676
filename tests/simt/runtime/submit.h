// How runtime calls and simulated libraries queue work on a stream and check their operands.
#pragma once

#include <cstddef>
#include <driver_types.h>

#include "simt/runtime/operation.h"

namespace shortlist::simt {

// Queues the operation, or records it while the stream is captured. In eager mode it has run on return. Reports a
// stream that does not exist, which the legacy default stream counts as: every operation names its stream.
cudaError_t Submit(cudaStream_t stream, Operation operation);

// Whether the bytes lie in one allocation of one device; reports `user` otherwise. No bytes are always fine.
bool CheckDeviceRange(const void* memory, std::size_t bytes, const char* user);
bool IsDeviceMemory(const void* memory);

}  // namespace shortlist::simt
