// What a rank has exchanged with other ranks, counted per operation.
//
// Counted is the payload that leaves for and comes from other ranks; what a rank keeps for itself, the short messages
// by which ranks agree on an operation, and the packaging of the network are not.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>

#include "comm/call.h"

namespace shortlist::comm {

struct Volume {
  std::int64_t calls = 0;
  std::int64_t bytes_sent = 0;
  std::int64_t bytes_received = 0;

  Volume& operator+=(const Volume& other);
  friend bool operator==(const Volume&, const Volume&) = default;
};

// Of one call on one rank, as every implementation moves it: a sum is reduced in parts, each by one rank, and the parts
// are gathered; everything else goes straight from the rank that has it to the ranks that want it. On `size` ranks, an
// AllReduceSum of n bytes sends and receives about 2 n (size - 1) / size on each.
Volume VolumeOfAllReduce(std::int64_t count, int rank, int size);
Volume VolumeOfAllGather(std::int64_t bytes, int size);
Volume VolumeOfReduceScatter(std::int64_t count, int size);
Volume VolumeOfAllToAll(std::span<const std::int64_t> send_bytes, std::span<const std::int64_t> receive_bytes,
                        int rank);
Volume VolumeOfBroadcast(std::int64_t bytes, int root, int rank, int size);

// The part of `count` values that `rank` reduces: [first, last).
struct Part {
  std::int64_t first = 0;
  std::int64_t last = 0;
  std::int64_t size() const { return last - first; }
};
Part PartOf(std::int64_t count, int rank, int size);

class Traffic {
 public:
  void Add(Operation operation, const Volume& volume) { volumes_[static_cast<std::size_t>(operation)] += volume; }
  const Volume& of(Operation operation) const { return volumes_[static_cast<std::size_t>(operation)]; }
  Volume Total() const;

 private:
  std::array<Volume, kOperations> volumes_;
};

}  // namespace shortlist::comm
