// The threads of a block that could run now, and which of them is next.
#pragma once

#include <array>
#include <bit>
#include <cstdint>

#include "simt/device/kernel_thread.h"
#include "simt/runtime/random.h"
#include "simt/runtime/schedule.h"

namespace shortlist::simt {

class ReadyThreads {
 public:
  void SetOrder(Order order, Random random) {
    order_ = order;
    random_ = random;
  }

  bool empty() const { return warps_ == 0; }
  void Insert(int warp, std::uint32_t lanes) {
    lanes_[static_cast<std::size_t>(warp)] |= lanes;
    if (lanes != 0) warps_ |= 1U << static_cast<unsigned>(warp);
  }
  void Remove(const KernelThread& thread) {
    std::uint32_t& lanes = lanes_[static_cast<std::size_t>(thread.warp)];
    lanes &= ~(1U << static_cast<unsigned>(thread.lane));
    if (lanes == 0) warps_ &= ~(1U << static_cast<unsigned>(thread.warp));
  }
  void Clear() {
    lanes_.fill(0);
    warps_ = 0;
  }

  // The linear index of one of them; there is one. Forward runs each warp as far as it goes, the lowest lanes first.
  int Choose() {
    const int warp = ChooseBit(warps_);
    return warp * kWarpSize + ChooseBit(lanes_[static_cast<std::size_t>(warp)]);
  }

 private:
  int ChooseBit(std::uint32_t bits) {
    if (order_ == Order::kForward) return std::countr_zero(bits);
    if (order_ == Order::kReverse) return 31 - std::countl_zero(bits);
    const int turn = static_cast<int>(random_.Next() & 31U);
    return (std::countr_zero(std::rotr(bits, turn)) + turn) & 31;
  }

  std::array<std::uint32_t, kWarpsPerBlock> lanes_{};
  std::uint32_t warps_ = 0;  // those with a ready lane
  Order order_ = Order::kForward;
  Random random_{0, 0};
};

}  // namespace shortlist::simt
