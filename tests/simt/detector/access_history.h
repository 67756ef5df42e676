// The last accesses to each four bytes of the device arena, and the search for a race among them.
//
// As in ThreadSanitizer, a cell keeps four accesses; a fifth takes the place of one that is no longer needed to find
// the next race, or of any. So a race can be missed, but one that is found is one.
#pragma once

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "simt/detector/reservation.h"
#include "simt/detector/stream_order.h"
#include "simt/instrument/access_observer.h"

namespace shortlist::simt {

// Who touched a cell, and when. Times are those of the thread at the access.
struct Access {
  OperationId operation = 0;      // 0: no access
  std::uint32_t block = 0;        // linear index; 0 for copies and library calls
  std::uint32_t block_epoch = 0;  // __syncthreads that the block had passed
  std::uint32_t warp_time = 0;    // WarpClocks::Now
  std::uint32_t site = 0;         // of the instruction, see source_lines.h
  std::uint16_t thread = 0;
  std::uint8_t bytes = 0;  // a bit for each byte of the cell
  AccessKind kind = AccessKind::kRead;

  friend bool operator==(const Access&, const Access&) = default;
};

// The accesses that four bytes of memory remember.
class AccessCell {
 public:
  // Notes `access`. Returns an earlier access that races with it: to common bytes, at least one of the two writing, not
  // both atomic, and `ordered(earlier)` is false.
  template <class Ordered>
  std::optional<Access> Note(const Access& access, Ordered ordered) {
    std::optional<Access> race;
    Access* place = nullptr;
    for (Access& earlier : accesses_) {
      if (earlier == access) return std::nullopt;
      const bool empty = earlier.operation == 0;
      const bool before = empty || SameThread(earlier, access) || ordered(earlier);
      if (!before && Conflict(earlier, access)) race = earlier;
      if (empty || (before && Covers(access, earlier))) place = &earlier;
    }
    *(place != nullptr ? place : &accesses_[(access.site + access.thread) % accesses_.size()]) = access;
    return race;
  }

 private:
  static bool SameThread(const Access& a, const Access& b) {
    return a.operation == b.operation && a.block == b.block && a.thread == b.thread;
  }
  static bool Conflict(const Access& a, const Access& b) {
    const bool both_read = a.kind == AccessKind::kRead && b.kind == AccessKind::kRead;
    const bool both_atomic = a.kind == AccessKind::kAtomic && b.kind == AccessKind::kAtomic;
    return (a.bytes & b.bytes) != 0 && !both_read && !both_atomic;
  }
  // Whatever races with `earlier` from now on also races with `access`.
  static bool Covers(const Access& access, const Access& earlier) {
    const bool strong = access.kind == AccessKind::kWrite || access.kind == earlier.kind;
    return (earlier.bytes & ~access.bytes) == 0 && strong;
  }

  std::array<Access, 4> accesses_;
};

class AccessHistory {
 public:
  explicit AccessHistory(std::size_t bytes) : memory_(bytes / kCellBytes * sizeof(AccessCell)) {}

  // Notes `access` (its `bytes` are set here) to [offset, offset + bytes); returns an earlier access that races with
  // it.
  template <class Ordered>
  std::optional<Access> Note(std::size_t offset, std::size_t bytes, Access access, Ordered ordered) {
    std::optional<Access> race;
    for (std::size_t end = offset + bytes; offset < end;) {
      const std::size_t first = offset % kCellBytes;
      const std::size_t count = std::min(end - offset, kCellBytes - first);
      access.bytes = static_cast<std::uint8_t>(((1U << count) - 1U) << first);
      if (auto found = CellAt(offset).Note(access, ordered)) race = found;
      offset += count;
    }
    return race;
  }

  // Forgets what was done to the range.
  void Forget(std::size_t offset, std::size_t bytes) {
    memory_.Discard(offset / kCellBytes * sizeof(AccessCell), bytes / kCellBytes * sizeof(AccessCell));
  }

 private:
  static constexpr std::size_t kCellBytes = 4;

  AccessCell& CellAt(std::size_t offset) { return reinterpret_cast<AccessCell*>(memory_.data())[offset / kCellBytes]; }

  Reservation memory_;
};

}  // namespace shortlist::simt
