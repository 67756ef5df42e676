#include "simt/ptx/instructions/half_formats.h"

#include <bit>
#include <cmath>

namespace shortlist::simt::ptx {
namespace {

constexpr std::uint16_t kNan = 0x7FFF;

}  // namespace

float FromBfloat16(std::uint16_t bits) {
  return std::bit_cast<float>(std::uint32_t{bits} << 16);
}

std::uint16_t ToBfloat16(float value) {
  if (std::isnan(value)) return kNan;
  const auto bits = std::bit_cast<std::uint32_t>(value);
  return static_cast<std::uint16_t>((bits + 0x7FFF + (bits >> 16 & 1)) >> 16);
}

std::uint16_t ToBfloat16TowardZero(float value) {
  return std::isnan(value) ? kNan : static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
}

float FromFloat16(std::uint16_t bits) {
  const int exponent = bits >> 10 & 31;
  const int fraction = bits & 0x3FF;
  float magnitude = 0;
  if (exponent == 31) {
    magnitude = fraction == 0 ? INFINITY : NAN;
  } else if (exponent == 0) {
    magnitude = std::ldexp(static_cast<float>(fraction), -24);
  } else {
    magnitude = std::ldexp(static_cast<float>(fraction + 0x400), exponent - 25);
  }
  return (bits & 0x8000) != 0 ? -magnitude : magnitude;
}

std::uint16_t ToFloat16(float value) {
  if (std::isnan(value)) return kNan;
  const std::uint16_t sign = std::signbit(value) ? 0x8000 : 0;
  const float magnitude = std::fabs(value);
  // Half way between the largest number and the next, which does not exist.
  if (magnitude >= 65520.0F) return sign | 0x7C00;
  const int exponent = std::max(magnitude == 0 ? -14 : std::ilogb(magnitude), -14);
  const auto fraction = static_cast<int>(std::nearbyint(std::ldexp(magnitude, 10 - exponent)));
  // A fraction of 0x800 carries into the exponent, one below 0x400 is denormal: adding does both.
  return static_cast<std::uint16_t>(sign + ((exponent + 14) << 10) + fraction);
}

}  // namespace shortlist::simt::ptx
