// add sub mul mad div rem min max abs neg on integers (PTX ISA 9.7.1). Overflow wraps.
#include <algorithm>
#include <limits>
#include <type_traits>

#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

__extension__ typedef __int128 Int128;            // NOLINT(modernize-use-using): only a typedef can be an extension
__extension__ typedef unsigned __int128 Uint128;  // NOLINT(modernize-use-using)

// Twice as wide, with the same sign.
template <class T>
struct WiderOf;
template <>
struct WiderOf<std::int16_t> {
  using Type = std::int32_t;
};
template <>
struct WiderOf<std::uint16_t> {
  using Type = std::uint32_t;
};
template <>
struct WiderOf<std::int32_t> {
  using Type = std::int64_t;
};
template <>
struct WiderOf<std::uint32_t> {
  using Type = std::uint64_t;
};
template <>
struct WiderOf<std::int64_t> {
  using Type = Int128;
};
template <>
struct WiderOf<std::uint64_t> {
  using Type = Uint128;
};
template <class T>
using Wider = typename WiderOf<T>::Type;

struct Plus {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(static_cast<std::uint64_t>(a) + static_cast<std::uint64_t>(b));
  }
};
struct Minus {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(static_cast<std::uint64_t>(a) - static_cast<std::uint64_t>(b));
  }
};
struct TimesLow {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>(static_cast<std::uint64_t>(a) * static_cast<std::uint64_t>(b));
  }
};
struct TimesHigh {
  template <class T>
  T operator()(T a, T b) const {
    return static_cast<T>((static_cast<Wider<T>>(a) * static_cast<Wider<T>>(b)) >> (sizeof(T) * 8));
  }
};
template <class Times>
struct MultiplyAdd {
  template <class T>
  T operator()(T a, T b, T c) const {
    return Plus{}(Times{}(a, b), c);
  }
};
// The one quotient that has no representation wraps, as all else does.
struct Divide {
  template <class T>
  T operator()(T a, T b) const {
    if (b == 0) throw Fault("division by zero");
    if constexpr (std::is_signed_v<T>) return b == -1 ? Minus{}(T{0}, a) : static_cast<T>(a / b);
    return static_cast<T>(a / b);
  }
};
struct Remainder {
  template <class T>
  T operator()(T a, T b) const {
    if (b == 0) throw Fault("division by zero");
    if constexpr (std::is_signed_v<T>) return b == -1 ? T{0} : static_cast<T>(a % b);
    return static_cast<T>(a % b);
  }
};
struct Smaller {
  template <class T>
  T operator()(T a, T b) const {
    return std::min(a, b);
  }
};
struct Larger {
  template <class T>
  T operator()(T a, T b) const {
    return std::max(a, b);
  }
};
struct Negative {
  template <class T>
  T operator()(T a) const {
    return Minus{}(T{0}, a);
  }
};
struct Absolute {
  template <class T>
  T operator()(T a) const {
    return a < 0 ? Negative{}(a) : a;
  }
};

// mul.wide and mad.wide: the result, and what is added, are twice as wide as the factors.
template <class T>
Wider<T> WideProduct(Thread& thread, const Instruction& instruction) {
  return static_cast<Wider<T>>(thread.Get<T>(instruction[1])) * static_cast<Wider<T>>(thread.Get<T>(instruction[2]));
}
template <class T>
void MultiplyWide(Thread& thread, const Instruction& instruction) {
  thread.Set<Wider<T>>(instruction[0], WideProduct<T>(thread, instruction));
}
template <class T>
void MultiplyAddWide(Thread& thread, const Instruction& instruction) {
  const auto sum = Plus{}(WideProduct<T>(thread, instruction), thread.Get<Wider<T>>(instruction[3]));
  thread.Set<Wider<T>>(instruction[0], sum);
}

}  // namespace

void AddIntegerArithmetic(OpcodeTable& table) {
  ForTypes<std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>([&]<class T>() {
    const std::string type = "." + TypeName<T>();
    table.Add("add" + type, "r,r,r", Binary<T, Plus>);
    table.Add("sub" + type, "r,r,r", Binary<T, Minus>);
    table.Add("mul.lo" + type, "r,r,r", Binary<T, TimesLow>);
    table.Add("mul.hi" + type, "r,r,r", Binary<T, TimesHigh>);
    table.Add("mad.lo" + type, "r,r,r,r", Ternary<T, MultiplyAdd<TimesLow>>);
    table.Add("mad.hi" + type, "r,r,r,r", Ternary<T, MultiplyAdd<TimesHigh>>);
    table.Add("div" + type, "r,r,r", Binary<T, Divide>);
    table.Add("rem" + type, "r,r,r", Binary<T, Remainder>);
    table.Add("min" + type, "r,r,r", Binary<T, Smaller>);
    table.Add("max" + type, "r,r,r", Binary<T, Larger>);
  });
  ForTypes<std::int16_t, std::int32_t, std::int64_t>([&]<class T>() {
    table.Add("neg." + TypeName<T>(), "r,r", Unary<T, Negative>);
    table.Add("abs." + TypeName<T>(), "r,r", Unary<T, Absolute>);
  });
  ForTypes<std::int16_t, std::uint16_t, std::int32_t, std::uint32_t>([&]<class T>() {
    table.Add("mul.wide." + TypeName<T>(), "r,r,r", MultiplyWide<T>);
    table.Add("mad.wide." + TypeName<T>(), "r,r,r,r", MultiplyAddWide<T>);
  });
}

}  // namespace shortlist::simt::ptx
