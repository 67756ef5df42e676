// and or xor not shl shr shf lop3 prmt popc clz brev bfind bfe bfi (PTX ISA 9.7.1 and 9.7.8).
#include <algorithm>
#include <bit>

#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

struct And {
  template <class T>
  T operator()(T a, T b) const {
    return a & b;
  }
};
struct Or {
  template <class T>
  T operator()(T a, T b) const {
    return a | b;
  }
};
struct Xor {
  template <class T>
  T operator()(T a, T b) const {
    return a ^ b;
  }
};
struct Not {
  template <class T>
  T operator()(T a) const {
    return static_cast<T>(~a);
  }
  bool operator()(bool a) const { return !a; }
};

// Shifts by more than the width give what shifting one by one would give.
template <class T>
void ShiftLeft(Thread& thread, const Instruction& instruction) {
  const auto count = thread.Get<std::uint32_t>(instruction[2]);
  const auto value = thread.Get<T>(instruction[1]);
  thread.Set<T>(instruction[0], count >= sizeof(T) * 8 ? T{0} : static_cast<T>(value << count));
}
template <class T>
void ShiftRight(Thread& thread, const Instruction& instruction) {
  const auto count = thread.Get<std::uint32_t>(instruction[2]);
  const auto value = thread.Get<T>(instruction[1]);
  const auto most = static_cast<std::uint32_t>(sizeof(T) * 8 - 1);
  if constexpr (std::is_signed_v<T>)
    return thread.Set<T>(instruction[0], static_cast<T>(value >> std::min(count, most)));
  thread.Set<T>(instruction[0], count > most ? T{0} : static_cast<T>(value >> count));
}

struct WrapCount {
  static std::uint32_t Of(std::uint32_t count) { return count & 31; }
};
struct ClampCount {
  static std::uint32_t Of(std::uint32_t count) { return std::min(count, 32U); }
};
// The funnel shift: 64 bits made of b (high) and a (low), moved by c; the left one gives the high half.
template <class Count>
struct FunnelLeft {
  std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t c) const {
    const std::uint64_t both = std::uint64_t{b} << 32 | a;
    return static_cast<std::uint32_t>((both << Count::Of(c)) >> 32);
  }
};
template <class Count>
struct FunnelRight {
  std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t c) const {
    const std::uint64_t both = std::uint64_t{b} << 32 | a;
    return static_cast<std::uint32_t>(both >> Count::Of(c));
  }
};

// Bit i of the result is bit (4 a_i + 2 b_i + c_i) of the table.
std::uint32_t LookUp(std::uint32_t a, std::uint32_t b, std::uint32_t c, std::uint32_t table) {
  std::uint32_t result = 0;
  for (std::uint32_t row = 0; row < 8; ++row) {
    if ((table >> row & 1) == 0) continue;
    result |= ((row & 4) != 0 ? a : ~a) & ((row & 2) != 0 ? b : ~b) & ((row & 1) != 0 ? c : ~c);
  }
  return result;
}
void LogicOfThree(Thread& thread, const Instruction& instruction) {
  const auto value = [&](int index) { return thread.Get<std::uint32_t>(instruction[index]); };
  thread.Set(instruction[0], LookUp(value(1), value(2), value(3), value(4)));
}

// Each byte of the result is one of the eight of b (high) and a (low), or that byte's sign repeated.
struct PermuteBytes {
  std::uint32_t operator()(std::uint32_t a, std::uint32_t b, std::uint32_t selectors) const {
    const std::uint64_t both = std::uint64_t{b} << 32 | a;
    std::uint32_t result = 0;
    for (int i = 0; i < 4; ++i) {
      const std::uint32_t selector = selectors >> (4 * i) & 15;
      auto byte = static_cast<std::uint8_t>(both >> (8 * (selector & 7)));
      if ((selector & 8) != 0) byte = (byte & 0x80) != 0 ? 0xFF : 0;
      result |= std::uint32_t{byte} << (8 * i);
    }
    return result;
  }
};

struct ReverseBits {
  template <class T>
  T operator()(T a) const {
    T result = 0;
    for (std::size_t i = 0; i < sizeof(T) * 8; ++i) result |= static_cast<T>((a >> i & 1) << (sizeof(T) * 8 - 1 - i));
    return result;
  }
};

template <class T>
void CountOnes(Thread& thread, const Instruction& instruction) {
  thread.Set<std::uint32_t>(instruction[0], static_cast<std::uint32_t>(std::popcount(thread.Get<T>(instruction[1]))));
}
template <class T>
void CountLeadingZeros(Thread& thread, const Instruction& instruction) {
  thread.Set<std::uint32_t>(instruction[0],
                            static_cast<std::uint32_t>(std::countl_zero(thread.Get<T>(instruction[1]))));
}

// The place of the highest bit that differs from the sign, from below; all ones if there is none.
template <class T>
std::uint32_t HighestBit(T value) {
  using Bits = std::make_unsigned_t<T>;
  if (std::is_signed_v<T> && value < 0) value = static_cast<T>(~value);
  const int zeros = std::countl_zero(static_cast<Bits>(value));
  const int width = static_cast<int>(sizeof(T) * 8);
  return zeros == width ? ~0U : static_cast<std::uint32_t>(width - 1 - zeros);
}
template <class T>
void FindBit(Thread& thread, const Instruction& instruction) {
  thread.Set(instruction[0], HighestBit(thread.Get<T>(instruction[1])));
}
// .shiftamt: how far to shift left to bring that bit to the top.
template <class T>
void FindShift(Thread& thread, const Instruction& instruction) {
  const std::uint32_t bit = HighestBit(thread.Get<T>(instruction[1]));
  thread.Set<std::uint32_t>(instruction[0], bit == ~0U ? ~0U : static_cast<std::uint32_t>(sizeof(T) * 8 - 1) - bit);
}

// `length` bits of a from `start` on; those past the top repeat the sign, which is the field's top bit or, beyond the
// value, the value's.
template <class T>
void ExtractField(Thread& thread, const Instruction& instruction) {
  using Bits = std::make_unsigned_t<T>;
  const auto value = thread.Get<Bits>(instruction[1]);
  const std::uint32_t start = thread.Get<std::uint32_t>(instruction[2]) & 0xFF;
  const std::uint32_t length = thread.Get<std::uint32_t>(instruction[3]) & 0xFF;
  constexpr std::uint32_t kWidth = sizeof(T) * 8;
  const auto bit = [&](std::uint32_t place) { return place < kWidth && (value >> place & 1) != 0; };
  const bool sign = std::is_signed_v<T> && length > 0 && bit(std::min(start + length - 1, kWidth - 1));
  Bits field = 0;
  for (std::uint32_t i = 0; i < kWidth; ++i) {
    const bool inside = i < length && start + i < kWidth;
    field |= static_cast<Bits>(Bits{inside ? bit(start + i) : sign} << i);
  }
  thread.Set<Bits>(instruction[0], field);
}
// The low `length` bits of a, put over those of b from `start` on.
template <class T>
void InsertField(Thread& thread, const Instruction& instruction) {
  const auto field = thread.Get<T>(instruction[1]);
  auto value = thread.Get<T>(instruction[2]);
  const std::uint32_t start = thread.Get<std::uint32_t>(instruction[3]) & 0xFF;
  const std::uint32_t length = thread.Get<std::uint32_t>(instruction[4]) & 0xFF;
  for (std::uint32_t i = 0; i < length && start + i < sizeof(T) * 8; ++i) {
    const T mask = T{1} << (start + i);
    value = (field >> i & 1) != 0 ? value | mask : value & ~mask;
  }
  thread.Set<T>(instruction[0], value);
}

template <class T>
void AddLogic(OpcodeTable& table, const std::string& type) {
  table.Add("and" + type, "r,r,r", Binary<T, And>);
  table.Add("or" + type, "r,r,r", Binary<T, Or>);
  table.Add("xor" + type, "r,r,r", Binary<T, Xor>);
  table.Add("not" + type, "r,r", Unary<T, Not>);
}

void AddShifts(OpcodeTable& table) {
  ForTypes<std::uint16_t, std::uint32_t, std::uint64_t>([&]<class T>() {
    using Signed = std::make_signed_t<T>;
    const std::string bits = ".b" + std::to_string(sizeof(T) * 8);
    AddLogic<T>(table, bits);
    table.Add("shl" + bits, "r,r,r", ShiftLeft<T>);
    table.Add("shr" + bits, "r,r,r", ShiftRight<T>);
    table.Add("shr." + TypeName<T>(), "r,r,r", ShiftRight<T>);
    table.Add("shr." + TypeName<Signed>(), "r,r,r", ShiftRight<Signed>);
  });
  table.Add("shf.l.wrap.b32", "r,r,r,r", Ternary<std::uint32_t, FunnelLeft<WrapCount>>);
  table.Add("shf.r.wrap.b32", "r,r,r,r", Ternary<std::uint32_t, FunnelRight<WrapCount>>);
  table.Add("shf.l.clamp.b32", "r,r,r,r", Ternary<std::uint32_t, FunnelLeft<ClampCount>>);
  table.Add("shf.r.clamp.b32", "r,r,r,r", Ternary<std::uint32_t, FunnelRight<ClampCount>>);
}

void AddFields(OpcodeTable& table) {
  ForTypes<std::uint32_t, std::uint64_t>([&]<class T>() {
    using Signed = std::make_signed_t<T>;
    const std::string bits = ".b" + std::to_string(sizeof(T) * 8);
    table.Add("popc" + bits, "r,r", CountOnes<T>);
    table.Add("clz" + bits, "r,r", CountLeadingZeros<T>);
    table.Add("brev" + bits, "r,r", Unary<T, ReverseBits>);
    table.Add("bfi" + bits, "r,r,r,r,r", InsertField<T>);
    table.Add("bfe." + TypeName<T>(), "r,r,r,r", ExtractField<T>);
    table.Add("bfe." + TypeName<Signed>(), "r,r,r,r", ExtractField<Signed>);
    table.Add("bfind." + TypeName<T>(), "r,r", FindBit<T>);
    table.Add("bfind." + TypeName<Signed>(), "r,r", FindBit<Signed>);
    table.Add("bfind.shiftamt." + TypeName<T>(), "r,r", FindShift<T>);
    table.Add("bfind.shiftamt." + TypeName<Signed>(), "r,r", FindShift<Signed>);
  });
}

}  // namespace

void AddBits(OpcodeTable& table) {
  AddLogic<bool>(table, ".pred");
  AddShifts(table);
  AddFields(table);
  table.Add("lop3.b32", "r,r,r,r,r", LogicOfThree);
  table.Add("prmt.b32", "r,r,r,r", Ternary<std::uint32_t, PermuteBytes>);
}

}  // namespace shortlist::simt::ptx
