// A place in a stream.
#pragma once

#include <cstdint>

namespace shortlist::simt {

// The `number`-th operation of a stream, from 1.
struct StreamPoint {
  const void* stream;
  std::uint64_t number;
};

}  // namespace shortlist::simt
