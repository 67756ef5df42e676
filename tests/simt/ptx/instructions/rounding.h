// The four rounding modes of PTX for operations on floating point.
#pragma once

#include <cfenv>
#include <string>

namespace shortlist::simt::ptx {

// Computes under a rounding mode other than the usual one. Both ends keep the compiler from moving the arithmetic out.
template <int Mode, class Compute>
auto Rounded(Compute compute) {
  if constexpr (Mode == FE_TONEAREST) return compute();
  std::fesetround(Mode);
  asm volatile("" ::: "memory");
  volatile auto result = compute();
  asm volatile("" ::: "memory");
  std::fesetround(FE_TONEAREST);
  const auto value = result;
  return value;
}

// Calls visit.operator()<Mode>(name) with rn, rz, rm and rp.
template <class Visit>
void ForRoundingModes(Visit visit) {
  visit.template operator()<FE_TONEAREST>(std::string("rn"));
  visit.template operator()<FE_TOWARDZERO>(std::string("rz"));
  visit.template operator()<FE_DOWNWARD>(std::string("rm"));
  visit.template operator()<FE_UPWARD>(std::string("rp"));
}

}  // namespace shortlist::simt::ptx
