// The order in which what the GPU leaves unordered happens.
#pragma once

#include <cstdint>

namespace shortlist::simt {

// Of the threads of a block that could run, and of the blocks of a grid. A forgotten barrier gives right values in one
// of them and wrong ones in another.
enum class Order { kForward, kReverse, kRandom };

// Eager: work runs when it is queued. Lazy: when something waits for it, so that a result that is used without waiting
// is not there yet.
enum class StreamMode { kEager, kLazy };

struct Schedule {
  Order order = Order::kForward;
  std::uint64_t seed = 1;  // of kRandom
  StreamMode streams = StreamMode::kEager;
};

}  // namespace shortlist::simt
