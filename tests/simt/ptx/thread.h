// One thread of a running kernel, as instructions see it.
#pragma once

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <span>
#include <type_traits>

#include "simt/ptx/fault.h"
#include "simt/ptx/instruction.h"
#include "simt/ptx/memory.h"

namespace shortlist::simt::ptx {

// What the threads of a block have in common.
struct BlockState {
  const Kernel& kernel;
  std::span<const std::byte> parameters;
  std::span<std::byte> shared;
  Memory& memory;
};

// Generic addresses from here on are places in the block's shared memory.
inline constexpr std::uint64_t kSharedWindow = std::uint64_t{1} << 62;

template <class T>
T FromBits(std::uint64_t bits) {
  T value;
  std::memcpy(&value, &bits, sizeof value);
  return value;
}

// A register holds its value in the low bits; those above a signed value repeat its sign, others are zero.
template <class T>
std::uint64_t ToBits(T value) {
  if constexpr (std::is_integral_v<T>) return static_cast<std::uint64_t>(static_cast<std::int64_t>(value));
  std::uint64_t bits = 0;
  std::memcpy(&bits, &value, sizeof value);
  return bits;
}

class Thread {
 public:
  enum class State : std::uint8_t { kRunning, kWaitsForWarp, kWaitsForBlock, kExited };

  Thread(BlockState& block, std::uint64_t* registers) : block_(&block), registers_(registers) {}

  BlockState& block() const { return *block_; }
  State state() const { return state_; }
  void set_state(State state) { state_ = state; }
  int next() const { return next_; }
  void set_next(int instruction) { next_ = instruction; }

  template <class T>
  T Get(const Operand& operand) const {
    if constexpr (std::is_same_v<T, bool>) return ((Bits(operand) & 1) != 0) != operand.negated;
    return FromBits<T>(Bits(operand));
  }
  template <class T>
  void Set(const Operand& operand, T value) {
    if (operand.place < 0) throw Fault("the result goes to a constant");
    registers_[operand.place] = ToBits(value);
  }
  std::uint64_t Bits(const Operand& operand) const {
    const std::ptrdiff_t place = operand.place;
    return place >= 0 ? registers_[place] : block_->kernel.constants[static_cast<std::size_t>(~place)];
  }

 private:
  BlockState* block_;
  std::uint64_t* registers_;
  int next_ = 0;
  State state_ = State::kRunning;
};

}  // namespace shortlist::simt::ptx
