#include "simt/ptx/instructions/half_formats.h"

#include <cmath>
#include <limits>

#include <gtest/gtest.h>

namespace shortlist::simt::ptx {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();
constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(HalfFormats, RoundBfloat16ToEven) {
  EXPECT_EQ(ToBfloat16(1.0F), 0x3F80);
  EXPECT_EQ(ToBfloat16(1.0F + 0x1p-8F), 0x3F80);
  EXPECT_EQ(ToBfloat16(1.0F + 0x1p-7F + 0x1p-8F), 0x3F82);
  EXPECT_EQ(ToBfloat16(std::nextafter(1.0F + 0x1p-8F, 2.0F)), 0x3F81);
  EXPECT_EQ(ToBfloat16(std::numeric_limits<float>::max()), 0x7F80);
  EXPECT_EQ(ToBfloat16(-0.0F), 0x8000);
  EXPECT_EQ(ToBfloat16(-kNan), 0x7FFF);
  EXPECT_EQ(ToBfloat16TowardZero(std::numeric_limits<float>::max()), 0x7F7F);
}

TEST(HalfFormats, EveryBfloat16SurvivesARoundTrip) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const float value = FromBfloat16(static_cast<std::uint16_t>(bits));
    ASSERT_EQ(ToBfloat16(value), std::isnan(value) ? 0x7FFF : bits);
  }
}

TEST(HalfFormats, EveryFloat16SurvivesARoundTrip) {
  for (int bits = 0; bits < 0x10000; ++bits) {
    const float value = FromFloat16(static_cast<std::uint16_t>(bits));
    ASSERT_EQ(ToFloat16(value), std::isnan(value) ? 0x7FFF : bits);
  }
}

TEST(HalfFormats, RoundFloat16ToEven) {
  EXPECT_EQ(ToFloat16(1.0F + 0x1p-11F), 0x3C00);
  EXPECT_EQ(ToFloat16(1.0F + 0x1p-10F + 0x1p-11F), 0x3C02);
  EXPECT_EQ(ToFloat16(65519.0F), 0x7BFF);
  EXPECT_EQ(ToFloat16(65520.0F), 0x7C00);
  EXPECT_EQ(ToFloat16(-kInfinity), 0xFC00);
  EXPECT_EQ(ToFloat16(0x1p-25F), 0);
  EXPECT_EQ(ToFloat16(0x1.8p-25F), 1);
}

}  // namespace
}  // namespace shortlist::simt::ptx
