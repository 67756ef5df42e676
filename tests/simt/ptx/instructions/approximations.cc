// ex2 lg2 rcp rsqrt sqrt sin cos tanh div in their .approx forms (PTX ISA 9.7.3), and div.full. Hardware
// errs by up to two units in the last place in most of them, so a kernel must stand that: this errs by two units
// wherever the result is inexact, up or down as the operand's bits have it. The forms .ftz replace denormal operands
// and results by zeros of their sign, as the hardware does.
#include <bit>
#include <cmath>
#include <limits>

#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

struct KeepDenormals {
  static float Pass(float value) { return value; }
};
struct FlushDenormals {
  static float Pass(float value) { return std::fpclassify(value) == FP_SUBNORMAL ? std::copysign(0.0F, value) : value; }
};

// Two units in the last place beside `exact`, unless that is a float or leaves the range of floats.
float Inexact(double exact, float operand) {
  auto result = static_cast<float>(exact);
  if (!std::isfinite(result) || result == 0 || static_cast<double>(result) == exact) return result;
  const bool up = std::popcount(std::bit_cast<std::uint32_t>(operand)) % 2 == 0;
  const float end = up ? std::numeric_limits<float>::infinity() : -std::numeric_limits<float>::infinity();
  return std::nextafter(std::nextafter(result, end), end);
}

template <class Denormals, class Function>
struct Approximate {
  float operator()(float a) const {
    return Denormals::Pass(Inexact(Function{}(static_cast<double>(Denormals::Pass(a))), a));
  }
};
template <class Denormals>
struct ApproximateQuotient {
  float operator()(float a, float b) const {
    const auto quotient = static_cast<double>(Denormals::Pass(a)) / static_cast<double>(Denormals::Pass(b));
    return Denormals::Pass(Inexact(quotient, a));
  }
};

struct PowerOfTwo {
  double operator()(double a) const { return std::exp2(a); }
};
struct BinaryLogarithm {
  double operator()(double a) const { return std::log2(a); }
};
struct Reciprocal {
  double operator()(double a) const { return 1 / a; }
};
struct SquareRoot {
  double operator()(double a) const { return std::sqrt(a); }
};
struct ReciprocalSquareRoot {
  double operator()(double a) const { return 1 / std::sqrt(a); }
};
struct Sine {
  double operator()(double a) const { return std::sin(a); }
};
struct Cosine {
  double operator()(double a) const { return std::cos(a); }
};
struct HyperbolicTangent {
  double operator()(double a) const { return std::tanh(a); }
};

// The forms on f64 give the upper half of the result's bits, from which kernels go on by Newton's method.
template <class Function>
struct UpperHalf {
  double operator()(double a) const {
    if (std::fpclassify(a) == FP_SUBNORMAL) a = std::copysign(0.0, a);
    const double result = Function{}(a);
    if (std::fpclassify(result) == FP_SUBNORMAL) return std::copysign(0.0, result);
    return FromBits<double>(ToBits(result) & 0xFFFFFFFF00000000);
  }
};

template <class Denormals>
void AddWith(OpcodeTable& table, const std::string& suffix) {
  table.Add("ex2.approx" + suffix, "r,r", Unary<float, Approximate<Denormals, PowerOfTwo>>);
  table.Add("lg2.approx" + suffix, "r,r", Unary<float, Approximate<Denormals, BinaryLogarithm>>);
  table.Add("rcp.approx" + suffix, "r,r", Unary<float, Approximate<Denormals, Reciprocal>>);
  table.Add("sqrt.approx" + suffix, "r,r", Unary<float, Approximate<Denormals, SquareRoot>>);
  table.Add("rsqrt.approx" + suffix, "r,r", Unary<float, Approximate<Denormals, ReciprocalSquareRoot>>);
  table.Add("sin.approx" + suffix, "r,r", Unary<float, Approximate<Denormals, Sine>>);
  table.Add("cos.approx" + suffix, "r,r", Unary<float, Approximate<Denormals, Cosine>>);
  table.Add("div.approx" + suffix, "r,r,r", Binary<float, ApproximateQuotient<Denormals>>);
  table.Add("div.full" + suffix, "r,r,r", Binary<float, ApproximateQuotient<Denormals>>);
}

}  // namespace

void AddApproximations(OpcodeTable& table) {
  AddWith<KeepDenormals>(table, ".f32");
  AddWith<FlushDenormals>(table, ".ftz.f32");
  table.Add("rcp.approx.ftz.f64", "r,r", Unary<double, UpperHalf<Reciprocal>>);
  table.Add("rsqrt.approx.ftz.f64", "r,r", Unary<double, UpperHalf<ReciprocalSquareRoot>>);
  table.Add("tanh.approx.f32", "r,r", Unary<float, Approximate<KeepDenormals, HyperbolicTangent>>);
}

}  // namespace shortlist::simt::ptx
