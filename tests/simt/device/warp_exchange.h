// The meeting behind every warp operation: each lane of a mask brings a value of up to 64 bits and, once all have
// arrived, sees what every lane brought.
#pragma once

#include <cstdint>
#include <cstring>
#include <type_traits>

#include "simt/device/kernel_thread.h"

namespace shortlist::simt {

enum class WarpOperation {
  kSync,
  kShuffle,
  kShuffleXor,
  kShuffleUp,
  kShuffleDown,
  kVote,
  kMatch,
  kReduceAdd,
  kReduceMin,
  kReduceMax,
  kReduceAnd,
  kReduceOr,
  kReduceXor,
};

// Lanes of one warp in one operation; owned by the runtime.
struct WarpMeeting {
  unsigned mask = 0;
  unsigned arrived = 0;
  unsigned departed = 0;
  WarpOperation operation = WarpOperation::kSync;
  CallSite site;
  std::uint64_t values[kWarpSize] = {};
};

// Waits for all lanes of `mask` in the constructor. Reported: a lane outside of its own mask, lanes that meet in
// different operations, a mask that names a lane which never comes.
class WarpExchange {
 public:
  WarpExchange(WarpOperation operation, unsigned mask, std::uint64_t value, CallSite site);
  ~WarpExchange();
  WarpExchange(const WarpExchange&) = delete;
  WarpExchange& operator=(const WarpExchange&) = delete;

  // Reports a lane that is not in the mask, whose value the GPU leaves undefined, and returns this lane's own.
  SIMT_UNOBSERVED std::uint64_t ValueOf(int lane) const {
    return (meeting_->mask >> lane & 1) != 0 ? meeting_->values[lane] : ValueOfAbsent(lane);
  }
  SIMT_UNOBSERVED unsigned mask() const { return meeting_->mask; }

 private:
  std::uint64_t ValueOfAbsent(int lane) const;

  WarpMeeting* meeting_;
};

// What the GPU exchanges in one or two registers.
template <class T>
concept WarpValue = std::is_arithmetic_v<T> &&(sizeof(T) == 4 || sizeof(T) == 8);

template <WarpValue T>
SIMT_UNOBSERVED inline std::uint64_t ToBits(T value) {
  std::uint64_t bits = 0;
  __builtin_memcpy(&bits, &value, sizeof(T));
  return bits;
}

template <WarpValue T>
SIMT_UNOBSERVED inline T FromBits(std::uint64_t bits) {
  T value;
  __builtin_memcpy(&value, &bits, sizeof(T));
  return value;
}

}  // namespace shortlist::simt
