// Warp operations with the signatures and types of the CUDA programming guide, on top of WarpExchange.
#pragma once

#include "simt/device/warp_exchange.h"

namespace shortlist::simt {

// The value of lane `source`, or this lane's own where `in_segment` is false.
template <WarpValue T>
SIMT_UNOBSERVED inline T Shuffle(WarpOperation operation, unsigned mask, T value, int source, bool in_segment,
                                 CallSite site) {
  const WarpExchange exchange(operation, mask, ToBits(value), site);
  return FromBits<T>(exchange.ValueOf(in_segment ? source : current_kernel_thread->lane));
}

// Folds the values of all lanes of the mask in the order of lanes.
template <WarpValue T, class Combine>
SIMT_UNOBSERVED inline T ReduceLanes(WarpOperation operation, unsigned mask, T value, Combine combine, CallSite site) {
  const WarpExchange exchange(operation, mask, ToBits(value), site);
  unsigned rest = exchange.mask();
  T result = FromBits<T>(exchange.ValueOf(__builtin_ctz(rest)));
  while ((rest &= rest - 1) != 0) result = combine(result, FromBits<T>(exchange.ValueOf(__builtin_ctz(rest))));
  return result;
}

// Lanes of the mask whose value satisfies `matches`.
template <class Matches>
SIMT_UNOBSERVED inline unsigned LanesWhere(WarpOperation operation, unsigned mask, std::uint64_t value, Matches matches,
                                           CallSite site) {
  const WarpExchange exchange(operation, mask, value, site);
  unsigned lanes = 0;
  for (unsigned rest = exchange.mask(); rest != 0; rest &= rest - 1) {
    const int lane = __builtin_ctz(rest);
    if (matches(exchange.ValueOf(lane))) lanes |= 1U << lane;
  }
  return lanes;
}

}  // namespace shortlist::simt

SIMT_UNOBSERVED inline void __syncwarp(unsigned mask = ~0U,
                                       shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  const shortlist::simt::WarpExchange exchange(shortlist::simt::WarpOperation::kSync, mask, 0, site);
}

template <shortlist::simt::WarpValue T>
SIMT_UNOBSERVED T __shfl_sync(unsigned mask, T value, int source, int width = 32,
                              shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  const int segment = shortlist::simt::current_kernel_thread->lane & ~(width - 1);
  return shortlist::simt::Shuffle(shortlist::simt::WarpOperation::kShuffle, mask, value,
                                  segment + (source & (width - 1)), true, site);
}

template <shortlist::simt::WarpValue T>
SIMT_UNOBSERVED T __shfl_xor_sync(unsigned mask, T value, int lane_mask, int width = 32,
                                  shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  const int lane = shortlist::simt::current_kernel_thread->lane;
  const int source = lane ^ lane_mask;
  const bool in_segment = source < shortlist::simt::kWarpSize && (source & ~(width - 1)) <= (lane & ~(width - 1));
  return shortlist::simt::Shuffle(shortlist::simt::WarpOperation::kShuffleXor, mask, value, source, in_segment, site);
}

template <shortlist::simt::WarpValue T>
SIMT_UNOBSERVED T __shfl_up_sync(unsigned mask, T value, unsigned delta, int width = 32,
                                 shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  const int lane = shortlist::simt::current_kernel_thread->lane;
  const bool in_segment = (lane & (width - 1)) >= static_cast<int>(delta);
  return shortlist::simt::Shuffle(shortlist::simt::WarpOperation::kShuffleUp, mask, value,
                                  lane - static_cast<int>(delta), in_segment, site);
}

template <shortlist::simt::WarpValue T>
SIMT_UNOBSERVED T __shfl_down_sync(unsigned mask, T value, unsigned delta, int width = 32,
                                   shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  const int lane = shortlist::simt::current_kernel_thread->lane;
  const bool in_segment = (lane & (width - 1)) + static_cast<int>(delta) < width;
  return shortlist::simt::Shuffle(shortlist::simt::WarpOperation::kShuffleDown, mask, value,
                                  lane + static_cast<int>(delta), in_segment, site);
}

SIMT_UNOBSERVED inline unsigned __ballot_sync(unsigned mask, int vote,
                                              shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  return shortlist::simt::LanesWhere(
      shortlist::simt::WarpOperation::kVote, mask, vote != 0 ? 1 : 0,
      [](std::uint64_t value) SIMT_UNOBSERVED { return value != 0; }, site);
}
SIMT_UNOBSERVED inline int __any_sync(unsigned mask, int vote,
                                      shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  return static_cast<int>(__ballot_sync(mask, vote, site) != 0);
}
SIMT_UNOBSERVED inline int __all_sync(unsigned mask, int vote,
                                      shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  return static_cast<int>(__ballot_sync(mask, vote, site) == mask);
}

template <shortlist::simt::WarpValue T>
SIMT_UNOBSERVED unsigned __match_any_sync(unsigned mask, T value,
                                          shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {
  const std::uint64_t own = shortlist::simt::ToBits(value);
  return shortlist::simt::LanesWhere(
      shortlist::simt::WarpOperation::kMatch, mask, own,
      [own](std::uint64_t other) SIMT_UNOBSERVED { return other == own; }, site);
}

// The reductions that sm_80 and newer have as one instruction; 32-bit integers only.
#define SIMT_WARP_REDUCTION(name, operation, T, expression)                                                     \
  SIMT_UNOBSERVED inline T name(unsigned mask, T value,                                                         \
                                shortlist::simt::CallSite site = shortlist::simt::CallSite::Here()) {           \
    const auto combine = [](T a, T b) SIMT_UNOBSERVED -> T { return static_cast<T>(expression); };              \
    return shortlist::simt::ReduceLanes(shortlist::simt::WarpOperation::operation, mask, value, combine, site); \
  }
SIMT_WARP_REDUCTION(__reduce_add_sync, kReduceAdd, unsigned, a + b)
SIMT_WARP_REDUCTION(__reduce_add_sync, kReduceAdd, int, static_cast<unsigned>(a) + static_cast<unsigned>(b))
SIMT_WARP_REDUCTION(__reduce_min_sync, kReduceMin, unsigned, a < b ? a : b)
SIMT_WARP_REDUCTION(__reduce_min_sync, kReduceMin, int, a < b ? a : b)
SIMT_WARP_REDUCTION(__reduce_max_sync, kReduceMax, unsigned, a > b ? a : b)
SIMT_WARP_REDUCTION(__reduce_max_sync, kReduceMax, int, a > b ? a : b)
SIMT_WARP_REDUCTION(__reduce_and_sync, kReduceAnd, unsigned, a& b)
SIMT_WARP_REDUCTION(__reduce_or_sync, kReduceOr, unsigned, a | b)
SIMT_WARP_REDUCTION(__reduce_xor_sync, kReduceXor, unsigned, a ^ b)
#undef SIMT_WARP_REDUCTION
