#include "tensor/philox.h"

#include <gtest/gtest.h>

namespace shortlist::tensor {
namespace {

// kat_vectors of the authors' Random123 library.
TEST(PhiloxTest, KnownAnswers) {
  EXPECT_EQ(Philox4x32({0, 0, 0, 0}, {0, 0}), (PhiloxBlock{0x6627e8d5, 0xe169c58d, 0xbc57ac4c, 0x9b00dbd8}));
  EXPECT_EQ(Philox4x32({0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff}, {0xffffffff, 0xffffffff}),
            (PhiloxBlock{0x408f276d, 0x41c83b0e, 0xa20bc7c6, 0x6d5451fd}));
  EXPECT_EQ(Philox4x32({0x243f6a88, 0x85a308d3, 0x13198a2e, 0x03707344}, {0xa4093822, 0x299f31d0}),
            (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxTest, CounterIsBlockThenStreamAndKeyIsSeed) {
  const RandomKey key{0x299f31d0a4093822, 0x0370734413198a2e};
  EXPECT_EQ(RandomBits(key, 0x85a308d3243f6a88), (PhiloxBlock{0xd16cfe09, 0x94fdcceb, 0x5001e420, 0x24126ea1}));
}

TEST(PhiloxTest, UniformsLieInTheHalfOpenUnitInterval) {
  EXPECT_EQ(UniformOf(0), 0);
  EXPECT_EQ(UniformOf(0x80000000), .5F);
  EXPECT_EQ(UniformOf(0xFFFFFFFF), 1 - 0x1p-24F);
}

TEST(PhiloxTest, KeepThresholdIsTheFirstUniformNotBelowTheRate) {
  for (const float rate : {0.0F, 1e-9F, .1F, .3F, .5F, .999F}) {
    const std::uint32_t threshold = KeepThreshold(rate);
    EXPECT_GE(UniformOf(threshold << 8), rate);
    if (threshold == 0) continue;
    EXPECT_LT(UniformOf((threshold - 1) << 8), rate);
  }
}

}  // namespace
}  // namespace shortlist::tensor
