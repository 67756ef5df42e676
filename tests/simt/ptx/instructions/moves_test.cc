#include <gtest/gtest.h>

#include "simt/ptx/evaluate.h"

namespace shortlist::simt::ptx {
namespace {

TEST(PtxMoves, KeepBits) {
  EXPECT_EQ(Evaluate<float>("mov.f32", -0.5F), -0.5F);
  EXPECT_EQ(Evaluate<std::uint64_t>("mov.b64", ~std::uint64_t{5}), ~std::uint64_t{5});
  EXPECT_TRUE(Evaluate<bool>("mov.pred", true));
}

TEST(PtxMoves, SplitAndJoinFromTheLowEnd) {
  std::vector<int> in{0};
  std::vector<std::uint32_t> out(4);
  RunBody(R"(mov.u64 %q0, 0x1122334455667788; mov.b64 {%a0, %a1}, %q0; mov.b32 {%h0, %h1}, %a0;
             mov.b32 %a2, {%h1, %h0}; mov.b64 %q1, {%a1, %a2}; st.global.v2.u32 [%out], {%a0, %a1};
             st.global.u64 [%out+8], %q1; ret;)",
          1, in, out);
  EXPECT_EQ(out[0], 0x55667788U);
  EXPECT_EQ(out[1], 0x11223344U);
  EXPECT_EQ(out[2], 0x11223344U);
  EXPECT_EQ(out[3], 0x77885566U);
}

TEST(PtxMoves, ThrowAwayWhatGoesToTheSink) {
  std::vector<int> in{0};
  std::vector<std::uint32_t> out(1);
  RunBody("mov.b64 {_, %a1}, 0x100000000; st.global.u32 [%out], %a1; ret;", 1, in, out);
  EXPECT_EQ(out[0], 1U);
}

}  // namespace
}  // namespace shortlist::simt::ptx
