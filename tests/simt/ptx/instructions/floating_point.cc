// add sub mul fma div rcp sqrt min max abs neg copysign testp on f32 and f64 (PTX ISA 9.7.3), rounded as IEEE 754 says.
// Denormal numbers are kept: nvcc asks for .ftz only under -ftz=true, which this project does not use.
#include <cmath>
#include <limits>

#include "simt/ptx/instructions/rounding.h"
#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

// Operands pass through volatile, so that they are computed with when the mode is set, not when the compiler likes.
template <int Mode>
struct Plus {
  template <class T>
  T operator()(T a, T b) const {
    const volatile T left = a;
    return Rounded<Mode>([&] { return left + b; });
  }
};
template <int Mode>
struct Minus {
  template <class T>
  T operator()(T a, T b) const {
    const volatile T left = a;
    return Rounded<Mode>([&] { return left - b; });
  }
};
template <int Mode>
struct Times {
  template <class T>
  T operator()(T a, T b) const {
    const volatile T left = a;
    return Rounded<Mode>([&] { return left * b; });
  }
};
template <int Mode>
struct Quotient {
  template <class T>
  T operator()(T a, T b) const {
    const volatile T left = a;
    return Rounded<Mode>([&] { return left / b; });
  }
};
template <int Mode>
struct FusedMultiplyAdd {
  template <class T>
  T operator()(T a, T b, T c) const {
    const volatile T left = a;
    return Rounded<Mode>([&] { return std::fma(T{left}, b, c); });
  }
};
template <int Mode>
struct Reciprocal {
  template <class T>
  T operator()(T a) const {
    return Quotient<Mode>{}(T{1}, a);
  }
};
template <int Mode>
struct SquareRoot {
  template <class T>
  T operator()(T a) const {
    const volatile T value = a;
    return Rounded<Mode>([&] { return std::sqrt(T{value}); });
  }
};

// A NaN loses against a number, and -0 is less than +0.
struct Smaller {
  template <class T>
  T operator()(T a, T b) const {
    if (a == b) return std::signbit(a) ? a : b;
    return std::fmin(a, b);
  }
};
struct Larger {
  template <class T>
  T operator()(T a, T b) const {
    if (a == b) return std::signbit(a) ? b : a;
    return std::fmax(a, b);
  }
};
// min.NaN and max.NaN: a NaN wins.
template <class Choose>
struct NanWins {
  template <class T>
  T operator()(T a, T b) const {
    return std::isnan(a) || std::isnan(b) ? std::numeric_limits<T>::quiet_NaN() : Choose{}(a, b);
  }
};
struct Absolute {
  template <class T>
  T operator()(T a) const {
    return std::fabs(a);
  }
};
struct Negative {
  template <class T>
  T operator()(T a) const {
    return -a;
  }
};
// d has the sign of a and the magnitude of b.
struct CopySign {
  template <class T>
  T operator()(T a, T b) const {
    return std::copysign(b, a);
  }
};

template <class T, bool Test(T)>
void TestProperty(Thread& thread, const Instruction& instruction) {
  thread.Set<bool>(instruction[0], Test(thread.Get<T>(instruction[1])));
}
template <class T>
bool IsFinite(T value) {
  return std::isfinite(value);
}
template <class T>
bool IsInfinite(T value) {
  return std::isinf(value);
}
template <class T>
bool IsNan(T value) {
  return std::isnan(value);
}
template <class T>
bool IsNumber(T value) {
  return !std::isnan(value);
}

template <class T>
void AddRoundedArithmetic(OpcodeTable& table) {
  ForRoundingModes([&]<int Mode>(const std::string& mode) {
    const std::string suffix = "." + mode + "." + TypeName<T>();
    table.Add("add" + suffix, "r,r,r", Binary<T, Plus<Mode>>);
    table.Add("sub" + suffix, "r,r,r", Binary<T, Minus<Mode>>);
    table.Add("mul" + suffix, "r,r,r", Binary<T, Times<Mode>>);
    table.Add("div" + suffix, "r,r,r", Binary<T, Quotient<Mode>>);
    table.Add("fma" + suffix, "r,r,r,r", Ternary<T, FusedMultiplyAdd<Mode>>);
    table.Add("rcp" + suffix, "r,r", Unary<T, Reciprocal<Mode>>);
    table.Add("sqrt" + suffix, "r,r", Unary<T, SquareRoot<Mode>>);
  });
}

template <class T>
void AddUnroundedArithmetic(OpcodeTable& table) {
  const std::string type = "." + TypeName<T>();
  table.Add("add" + type, "r,r,r", Binary<T, Plus<FE_TONEAREST>>);
  table.Add("sub" + type, "r,r,r", Binary<T, Minus<FE_TONEAREST>>);
  table.Add("mul" + type, "r,r,r", Binary<T, Times<FE_TONEAREST>>);
  table.Add("min" + type, "r,r,r", Binary<T, Smaller>);
  table.Add("max" + type, "r,r,r", Binary<T, Larger>);
  table.Add("min.NaN" + type, "r,r,r", Binary<T, NanWins<Smaller>>);
  table.Add("max.NaN" + type, "r,r,r", Binary<T, NanWins<Larger>>);
  table.Add("abs" + type, "r,r", Unary<T, Absolute>);
  table.Add("neg" + type, "r,r", Unary<T, Negative>);
  table.Add("copysign" + type, "r,r,r", Binary<T, CopySign>);
  table.Add("testp.finite" + type, "r,r", TestProperty<T, IsFinite<T>>);
  table.Add("testp.infinite" + type, "r,r", TestProperty<T, IsInfinite<T>>);
  table.Add("testp.notanumber" + type, "r,r", TestProperty<T, IsNan<T>>);
  table.Add("testp.number" + type, "r,r", TestProperty<T, IsNumber<T>>);
}

}  // namespace

void AddFloatingPoint(OpcodeTable& table) {
  ForTypes<float, double>([&]<class T>() {
    AddRoundedArithmetic<T>(table);
    AddUnroundedArithmetic<T>(table);
  });
}

}  // namespace shortlist::simt::ptx
