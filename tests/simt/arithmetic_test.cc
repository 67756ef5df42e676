#include <cmath>
#include <cuda_runtime.h>
#include <limits>

#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

TEST(ArithmeticTest, CountsBits) {
  EXPECT_EQ(__popc(0xF0F0U), 8);
  EXPECT_EQ(__popcll(~0ULL), 64);
  EXPECT_EQ(__ffs(0), 0);
  EXPECT_EQ(__ffs(8), 4);
  EXPECT_EQ(__ffsll(1LL << 40), 41);
  EXPECT_EQ(__clz(0), 32);
  EXPECT_EQ(__clz(1), 31);
  EXPECT_EQ(__clzll(1), 63);
  EXPECT_EQ(__brev(1U), 0x80000000U);
  EXPECT_EQ(__brev(0x12345678U), 0x1E6A2C48U);
}

TEST(ArithmeticTest, MultipliesToTheHighHalf) {
  EXPECT_EQ(__umulhi(0xFFFFFFFFU, 0xFFFFFFFFU), 0xFFFFFFFEU);
  EXPECT_EQ(__umulhi(1U << 16U, 1U << 16U), 1U);
}

TEST(ArithmeticTest, ReadsBits) {
  EXPECT_EQ(__float_as_int(1.0F), 0x3F800000);
  EXPECT_EQ(__int_as_float(0x40000000), 2.0F);
  EXPECT_EQ(__float_as_uint(-0.0F), 0x80000000U);
  EXPECT_EQ(__uint_as_float(0x3F800000U), 1.0F);
  EXPECT_EQ(__longlong_as_double(__double_as_longlong(0.1)), 0.1);
}

TEST(ArithmeticTest, Functions) {
  EXPECT_EQ(rsqrtf(4.0F), 0.5F);
  EXPECT_EQ(__fdividef(1.0F, 4.0F), 0.25F);
  EXPECT_FLOAT_EQ(__expf(1.0F), std::exp(1.0F));
  EXPECT_FLOAT_EQ(__logf(3.0F), std::log(3.0F));
  EXPECT_EQ(__fmaf_rn(2.0F, 3.0F, 4.0F), 10.0F);
  float sine = 0;
  float cosine = 0;
  sincospif(0.25F, &sine, &cosine);
  EXPECT_FLOAT_EQ(sine, std::sqrt(0.5F));
  EXPECT_FLOAT_EQ(cosine, std::sqrt(0.5F));
}

TEST(ArithmeticTest, MinimumAndMaximumOfMixedTypes) {
  static_assert(std::is_same_v<decltype(min(1, 2LL)), long long>);
  EXPECT_EQ(min(3LL, 2), 2);
  EXPECT_EQ(max(1.5F, 2), 2.0F);
  EXPECT_EQ(max(1U, 2U), 2U);
}

}  // namespace
}  // namespace shortlist::simt
