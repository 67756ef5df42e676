// The two 16-bit floating-point formats, to and from float32.
#pragma once

#include <cstdint>

namespace shortlist::simt::ptx {

float FromBfloat16(std::uint16_t bits);
// To the nearest, ties to even; every NaN becomes 0x7FFF.
std::uint16_t ToBfloat16(float value);
// Toward zero; every NaN becomes 0x7FFF.
std::uint16_t ToBfloat16TowardZero(float value);

float FromFloat16(std::uint16_t bits);
// To the nearest, ties to even; every NaN becomes 0x7FFF.
std::uint16_t ToFloat16(float value);

}  // namespace shortlist::simt::ptx
