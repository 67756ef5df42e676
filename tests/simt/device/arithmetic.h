// Device arithmetic that the host's math library lacks. Fast approximations (__expf and the like) are computed to full
// precision, so their error on the GPU is not part of what a run on the CPU shows.
#pragma once

#include <bit>
#include <cstdint>
#include <math.h>
#include <type_traits>

#include "simt/device/call_site.h"

namespace shortlist::simt {

inline float Exponential(float x) {
  return expf(x);
}
inline float Exponential10(float x) {
  return exp10f(x);
}
inline float Logarithm(float x) {
  return logf(x);
}
inline float Logarithm2(float x) {
  return log2f(x);
}
inline float Power(float x, float y) {
  return powf(x, y);
}
inline float Sine(float x) {
  return sinf(x);
}
inline float Cosine(float x) {
  return cosf(x);
}

}  // namespace shortlist::simt

// The C library declares functions of these names itself.
#define __expf ::shortlist::simt::Exponential
#define __exp10f ::shortlist::simt::Exponential10
#define __logf ::shortlist::simt::Logarithm
#define __log2f ::shortlist::simt::Logarithm2
#define __powf ::shortlist::simt::Power
#define __sinf ::shortlist::simt::Sine
#define __cosf ::shortlist::simt::Cosine

inline float rsqrtf(float x) {
  return 1.0F / sqrtf(x);
}
inline float __frsqrt_rn(float x) {
  return static_cast<float>(1.0 / sqrt(static_cast<double>(x)));
}
inline float __fsqrt_rn(float x) {
  return sqrtf(x);
}
inline float __frcp_rn(float x) {
  return 1.0F / x;
}
inline float __fdividef(float x, float y) {
  return x / y;
}
inline float __fdiv_rn(float x, float y) {
  return x / y;
}
inline float __fadd_rn(float x, float y) {
  return x + y;
}
inline float __fsub_rn(float x, float y) {
  return x - y;
}
inline float __fmul_rn(float x, float y) {
  return x * y;
}
inline float __fmaf_rn(float x, float y, float z) {
  return fmaf(x, y, z);
}
inline float sinpif(float x) {
  return static_cast<float>(sin(M_PI * static_cast<double>(x)));
}
inline float cospif(float x) {
  return static_cast<float>(cos(M_PI * static_cast<double>(x)));
}
inline void sincospif(float x, float* sine, float* cosine) {
  *sine = sinpif(x);
  *cosine = cospif(x);
}

inline int __popc(unsigned x) {
  return __builtin_popcount(x);
}
inline int __popcll(unsigned long long x) {
  return __builtin_popcountll(x);
}
inline int __ffs(int x) {
  return __builtin_ffs(x);
}
inline int __ffsll(long long x) {
  return __builtin_ffsll(x);
}
inline int __clz(int x) {
  return std::countl_zero(static_cast<unsigned>(x));
}
inline int __clzll(long long x) {
  return std::countl_zero(static_cast<unsigned long long>(x));
}
inline unsigned __umulhi(unsigned x, unsigned y) {
  return static_cast<unsigned>(static_cast<std::uint64_t>(x) * y >> 32);
}
inline unsigned __brev(unsigned x) {
  unsigned reversed = 0;
  for (int bit = 0; bit < 32; ++bit) reversed |= (x >> bit & 1U) << (31 - bit);
  return reversed;
}

inline int __float_as_int(float x) {
  return std::bit_cast<int>(x);
}
inline float __int_as_float(int x) {
  return std::bit_cast<float>(x);
}
inline unsigned __float_as_uint(float x) {
  return std::bit_cast<unsigned>(x);
}
inline float __uint_as_float(unsigned x) {
  return std::bit_cast<float>(x);
}
inline long long __double_as_longlong(double x) {
  return std::bit_cast<long long>(x);
}
inline double __longlong_as_double(long long x) {
  return std::bit_cast<double>(x);
}
inline float __int2float_rn(int x) {
  return static_cast<float>(x);
}
inline float __uint2float_rn(unsigned x) {
  return static_cast<float>(x);
}

// In mixed arithmetic types as in C++; the second pair takes index objects such as threadIdx.x.
template <class A, class B>
requires(std::is_arithmetic_v<A>&& std::is_arithmetic_v<B>) inline constexpr std::common_type_t<A, B> min(A a, B b) {
  using T = std::common_type_t<A, B>;
  return static_cast<T>(b) < static_cast<T>(a) ? static_cast<T>(b) : static_cast<T>(a);
}
template <class A, class B>
requires(std::is_arithmetic_v<A>&& std::is_arithmetic_v<B>) inline constexpr std::common_type_t<A, B> max(A a, B b) {
  using T = std::common_type_t<A, B>;
  return static_cast<T>(a) < static_cast<T>(b) ? static_cast<T>(b) : static_cast<T>(a);
}
inline constexpr unsigned min(unsigned a, unsigned b) {
  return b < a ? b : a;
}
inline constexpr unsigned max(unsigned a, unsigned b) {
  return a < b ? b : a;
}
