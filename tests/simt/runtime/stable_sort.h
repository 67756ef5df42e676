// Sorting in stream order, for the stand-in of Thrust.
#pragma once

#include <cstddef>
#include <cstdint>
#include <driver_types.h>

namespace shortlist::simt {

struct KeyArray {
  void* data;
  std::size_t element_bytes;  // 4 or 8
  bool is_signed;
};
struct ValueArray {
  void* data;
  std::size_t element_bytes;
};

// Sorts both by key. Throws std::runtime_error if the work cannot be queued.
void QueueStableSort(cudaStream_t stream, KeyArray keys, ValueArray values, std::int64_t count);

}  // namespace shortlist::simt
