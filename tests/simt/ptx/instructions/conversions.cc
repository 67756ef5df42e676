// cvt between integers, f32, f64, bf16 and f16, and cvta (PTX ISA 9.7.9).
#include <cmath>
#include <limits>
#include <utility>

#include "simt/ptx/instructions/half_formats.h"
#include "simt/ptx/instructions/rounding.h"
#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

template <class To, class From>
void ConvertInteger(Thread& thread, const Instruction& instruction) {
  thread.Set<To>(instruction[0], static_cast<To>(thread.Get<From>(instruction[1])));
}

template <class To, class From>
bool InRange(From value) {
  return std::cmp_greater_equal(value, std::numeric_limits<To>::min()) &&
         std::cmp_less_equal(value, std::numeric_limits<To>::max());
}
template <class To, class From>
void ConvertIntegerSaturating(Thread& thread, const Instruction& instruction) {
  const auto value = thread.Get<From>(instruction[1]);
  const To end = std::cmp_less(value, 0) ? std::numeric_limits<To>::min() : std::numeric_limits<To>::max();
  thread.Set<To>(instruction[0], InRange<To>(value) ? static_cast<To>(value) : end);
}

// A number beyond the range becomes the nearest end of it. A NaN becomes 0, but the top bit alone where 64 bits play.
template <class To, class From>
To Saturated(From value) {
  constexpr auto kTopBit = static_cast<To>(std::uint64_t{1} << (sizeof(To) * 8 - 1));
  if (std::isnan(value)) return sizeof(To) == 8 || sizeof(From) == 8 ? kTopBit : To{0};
  // The end above is no number of From's precision in some cases; one more than it always is.
  const From beyond = std::ldexp(From{1}, std::numeric_limits<To>::digits);
  if (value >= beyond) return std::numeric_limits<To>::max();
  if (value < static_cast<From>(std::numeric_limits<To>::min())) return std::numeric_limits<To>::min();
  return static_cast<To>(value);
}

template <int Mode, class To, class From>
void RoundToInteger(Thread& thread, const Instruction& instruction) {
  const volatile auto value = thread.Get<From>(instruction[1]);
  thread.Set<To>(instruction[0], Saturated<To>(Rounded<Mode>([&] { return std::nearbyint(From{value}); })));
}
// cvt.rni.f32.f32: to a whole number of the same type.
template <int Mode, class T>
void RoundToWhole(Thread& thread, const Instruction& instruction) {
  const volatile auto value = thread.Get<T>(instruction[1]);
  thread.Set<T>(instruction[0], Rounded<Mode>([&] { return std::nearbyint(T{value}); }));
}

template <int Mode, class To, class From>
void ConvertRounded(Thread& thread, const Instruction& instruction) {
  const volatile auto value = thread.Get<From>(instruction[1]);
  thread.Set<To>(instruction[0], Rounded<Mode>([&] { return static_cast<To>(From{value}); }));
}

// .sat on floating point: into [0, 1], a NaN to 0.
void SaturateToUnit(Thread& thread, const Instruction& instruction) {
  const auto value = thread.Get<float>(instruction[1]);
  thread.Set<float>(instruction[0], value > 0 ? std::fmin(value, 1.0F) : 0.0F);
}

template <std::uint16_t Convert(float)>
void Narrow(Thread& thread, const Instruction& instruction) {
  thread.Set<std::uint16_t>(instruction[0], Convert(thread.Get<float>(instruction[1])));
}
// The first source goes to the upper half.
template <std::uint16_t Convert(float)>
void NarrowPair(Thread& thread, const Instruction& instruction) {
  const std::uint32_t upper = Convert(thread.Get<float>(instruction[1]));
  const std::uint32_t lower = Convert(thread.Get<float>(instruction[2]));
  thread.Set<std::uint32_t>(instruction[0], upper << 16 | lower);
}
template <float Convert(std::uint16_t)>
void Widen(Thread& thread, const Instruction& instruction) {
  thread.Set<float>(instruction[0], Convert(thread.Get<std::uint16_t>(instruction[1])));
}

// Global memory has the same addresses in the generic space; shared memory has a window there.
void KeepAddress(Thread& thread, const Instruction& instruction) {
  thread.Set(instruction[0], thread.Bits(instruction[1]));
}
void SharedToGeneric(Thread& thread, const Instruction& instruction) {
  thread.Set(instruction[0], thread.Bits(instruction[1]) + kSharedWindow);
}
void GenericToShared(Thread& thread, const Instruction& instruction) {
  thread.Set(instruction[0], thread.Bits(instruction[1]) - kSharedWindow);
}

template <class From>
void AddFromInteger(OpcodeTable& table) {
  const std::string from = "." + TypeName<From>();
  ForTypes<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
           std::uint64_t>([&]<class To>() {
    table.Add("cvt." + TypeName<To>() + from, "r,r", ConvertInteger<To, From>);
    table.Add("cvt.sat." + TypeName<To>() + from, "r,r", ConvertIntegerSaturating<To, From>);
  });
  ForRoundingModes([&]<int Mode>(const std::string& mode) {
    table.Add("cvt." + mode + ".f32" + from, "r,r", ConvertRounded<Mode, float, From>);
    table.Add("cvt." + mode + ".f64" + from, "r,r", ConvertRounded<Mode, double, From>);
  });
}

template <class From>
void AddToInteger(OpcodeTable& table) {
  const std::string from = "." + TypeName<From>();
  ForRoundingModes([&]<int Mode>(const std::string& mode) {
    const std::string prefix = "cvt." + mode + "i.";
    ForTypes<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
             std::uint64_t>(
        [&]<class To>() { table.Add(prefix + TypeName<To>() + from, "r,r", RoundToInteger<Mode, To, From>); });
    table.Add(prefix + TypeName<From>() + from, "r,r", RoundToWhole<Mode, From>);
  });
}

void AddAddresses(OpcodeTable& table) {
  for (const std::string width : {".u32", ".u64"}) {
    table.Add("cvta.global" + width, "r,r", KeepAddress);
    table.Add("cvta.to.global" + width, "r,r", KeepAddress);
    table.Add("cvta.shared" + width, "r,r", SharedToGeneric);
    table.Add("cvta.to.shared" + width, "r,r", GenericToShared);
  }
}

}  // namespace

void AddConversions(OpcodeTable& table) {
  ForTypes<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
           std::uint64_t>([&]<class From>() { AddFromInteger<From>(table); });
  ForTypes<float, double>([&]<class From>() { AddToInteger<From>(table); });
  table.Add("cvt.sat.f32.f32", "r,r", SaturateToUnit);
  table.Add("cvt.f64.f32", "r,r", ConvertRounded<FE_TONEAREST, double, float>);
  ForRoundingModes([&]<int Mode>(const std::string& mode) {
    table.Add("cvt." + mode + ".f32.f64", "r,r", ConvertRounded<Mode, float, double>);
  });
  table.Add("cvt.rn.bf16.f32", "r,r", Narrow<ToBfloat16>);
  table.Add("cvt.rz.bf16.f32", "r,r", Narrow<ToBfloat16TowardZero>);
  table.Add("cvt.rn.f16.f32", "r,r", Narrow<ToFloat16>);
  table.Add("cvt.rn.bf16x2.f32", "r,r,r", NarrowPair<ToBfloat16>);
  table.Add("cvt.rn.f16x2.f32", "r,r,r", NarrowPair<ToFloat16>);
  table.Add("cvt.f32.bf16", "r,r", Widen<FromBfloat16>);
  table.Add("cvt.f32.f16", "r,r", Widen<FromFloat16>);
  AddAddresses(table);
}

}  // namespace shortlist::simt::ptx
