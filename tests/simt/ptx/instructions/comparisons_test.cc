#include <limits>

#include <gtest/gtest.h>

#include "simt/ptx/evaluate.h"

namespace shortlist::simt::ptx {
namespace {

constexpr float kNan = std::numeric_limits<float>::quiet_NaN();

TEST(PtxComparisons, OrderBySign) {
  EXPECT_TRUE(Evaluate<bool>("setp.lt.s32", -1, 1));
  EXPECT_FALSE(Evaluate<bool>("setp.lt.u32", 0xFFFFFFFFU, 1U));
  EXPECT_TRUE(Evaluate<bool>("setp.ge.s64", std::int64_t{3}, std::int64_t{3}));
  EXPECT_TRUE(Evaluate<bool>("setp.gt.u64", ~std::uint64_t{0}, std::uint64_t{3}));
  EXPECT_FALSE(Evaluate<bool>("setp.ne.b32", 4U, 4U));
  EXPECT_TRUE(Evaluate<bool>("setp.eq.s16", std::int16_t{-4}, std::int16_t{-4}));
  EXPECT_TRUE(Evaluate<bool>("setp.le.s32", 4, 4));
}

TEST(PtxComparisons, TreatNansAsTold) {
  for (const char* ordered : {"eq", "ne", "lt", "le", "gt", "ge", "num"}) {
    EXPECT_FALSE(Evaluate<bool>("setp." + std::string(ordered) + ".f32", kNan, 1.0F)) << ordered;
  }
  for (const char* unordered : {"equ", "neu", "ltu", "leu", "gtu", "geu", "nan"}) {
    EXPECT_TRUE(Evaluate<bool>("setp." + std::string(unordered) + ".f32", 1.0F, kNan)) << unordered;
  }
  EXPECT_FALSE(Evaluate<bool>("setp.ltu.f32", 2.0F, 1.0F));
  EXPECT_FALSE(Evaluate<bool>("setp.neu.f32", 0.0F, -0.0F));
  EXPECT_TRUE(Evaluate<bool>("setp.num.f64", 1.0, 2.0));
}

TEST(PtxComparisons, CombineWithAPredicate) {
  EXPECT_FALSE(Evaluate<bool>("setp.eq.and.s32", 1, 1, false));
  EXPECT_TRUE(Evaluate<bool>("setp.eq.or.s32", 1, 2, true));
  EXPECT_FALSE(Evaluate<bool>("setp.lt.xor.f32", 1.0F, 2.0F, true));
}

TEST(PtxComparisons, ReadNegatedPredicates) {
  std::vector<int> in{0};
  std::vector<int> out(1);
  RunBody(R"(setp.eq.s32 %p0, 1, 1; setp.eq.and.s32 %p1, 2, 2, !%p0; selp.s32 %a0, 5, 6, %p1;
             st.global.u32 [%out], %a0; ret;)",
          1, in, out);
  EXPECT_EQ(out[0], 6);
}

TEST(PtxComparisons, MakeValues) {
  EXPECT_EQ(Evaluate<std::uint32_t>("set.gt.u32.f32", 2.0F, 1.0F), 0xFFFFFFFFU);
  EXPECT_EQ(Evaluate<float>("set.eq.f32.s32", 3, 3), 1.0F);
  EXPECT_EQ(Evaluate<float>("set.eq.f32.s32", 3, 4), 0.0F);
}

TEST(PtxComparisons, Select) {
  EXPECT_EQ(Evaluate<float>("selp.f32", 1.0F, 2.0F, true), 1.0F);
  EXPECT_EQ(Evaluate<std::uint64_t>("selp.b64", std::uint64_t{1}, std::uint64_t{2}, false), 2U);
  EXPECT_EQ(Evaluate<std::int32_t>("slct.s32.s32", 1, 2, -1), 2);
  EXPECT_EQ(Evaluate<std::int32_t>("slct.s32.f32", 1, 2, 0.5F), 1);
}

}  // namespace
}  // namespace shortlist::simt::ptx
