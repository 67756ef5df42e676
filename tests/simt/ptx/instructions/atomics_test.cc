#include <gmock/gmock.h>

#include "simt/ptx/evaluate.h"
#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

using ::testing::ElementsAre;

// Applies one atomic instruction to `start`; returns what it returned and what it left.
template <class T>
std::vector<T> Apply(const std::string& opcode, T start, T operand) {
  std::vector<T> in{start, operand};
  std::vector<T> out(2);
  const std::string width = std::to_string(sizeof(T) * 8);
  const std::string letter = sizeof(T) == 8 ? "q" : "a";
  const std::string a = "%" + letter + "1";
  const std::string b = "%" + letter + "2";
  RunBody("ld.global.b" + width + " " + a + ", [%in+" + std::to_string(sizeof(T)) + "]; " + opcode + " " + b +
              ", [%in], " + a + "; st.global.b" + width + " [%out], " + b + "; ret;",
          1, in, out);
  return {out[0], in[0]};
}

TEST(PtxAtomics, ReturnTheOldAndLeaveTheNew) {
  EXPECT_THAT(Apply("atom.global.add.u32", 5U, 7U), ElementsAre(5U, 12U));
  EXPECT_THAT(Apply("atom.global.add.f32", 0.5F, 1.0F), ElementsAre(0.5F, 1.5F));
  EXPECT_THAT(Apply("atom.add.f64", 0.5, 1.0), ElementsAre(0.5, 1.5));
  EXPECT_THAT(Apply("atom.relaxed.gpu.global.add.u64", std::uint64_t{1}, std::uint64_t{2}), ElementsAre(1U, 3U));
  EXPECT_THAT(Apply("atom.global.min.s32", -5, 3), ElementsAre(-5, -5));
  EXPECT_THAT(Apply("atom.global.max.u32", 0xFFFFFFFFU, 3U), ElementsAre(0xFFFFFFFFU, 0xFFFFFFFFU));
  EXPECT_THAT(Apply("atom.global.and.b32", 12U, 10U), ElementsAre(12U, 8U));
  EXPECT_THAT(Apply("atom.global.or.b32", 12U, 10U), ElementsAre(12U, 14U));
  EXPECT_THAT(Apply("atom.global.xor.b32", 12U, 10U), ElementsAre(12U, 6U));
  EXPECT_THAT(Apply("atom.global.exch.b64", std::uint64_t{1}, std::uint64_t{2}), ElementsAre(1U, 2U));
  EXPECT_THAT(Apply("atom.global.inc.u32", 7U, 7U), ElementsAre(7U, 0U));
  EXPECT_THAT(Apply("atom.global.dec.u32", 0U, 7U), ElementsAre(0U, 7U));
}

TEST(PtxAtomics, SwapOnlyWhereEqual) {
  std::vector<int> in{5};
  std::vector<int> out(2);
  RunBody(R"(atom.global.cas.b32 %a0, [%in], 4, 9; atom.global.cas.b32 %a1, [%in], 5, 8;
             st.global.v2.u32 [%out], {%a0,%a1}; ret;)",
          1, in, out);
  EXPECT_THAT(out, ElementsAre(5, 5));
  EXPECT_EQ(in[0], 8);
}

TEST(PtxAtomics, ReductionsReturnNothing) {
  std::vector<int> in{0};
  std::vector<int> out(1);
  RunBody("red.global.add.s32 [%out], 3; ret;", 40, in, out);
  EXPECT_EQ(out[0], 120);
}

TEST(PtxAtomics, WorkOnSharedMemory) {
  std::vector<int> in{0};
  std::vector<int> out(1);
  RunBody(R"(.shared .align 4 .b8 sum[4]; mov.u32 %a0, %tid.x; setp.ne.s32 %p0, %a0, 0; mov.u32 %a1, sum;
             @!%p0 st.shared.u32 [%a1], 0; bar.sync 0; atom.shared.add.u32 %a2, [%a1], %a0; bar.sync 0; @%p0 ret;
             ld.shared.u32 %a3, [%a1]; st.global.u32 [%out], %a3; ret;)",
          64, in, out);
  EXPECT_EQ(out[0], 63 * 64 / 2);
}

TEST(PtxAtomics, AreCheckedLikeAnyAccess) {
  std::vector<int> in{0};
  std::vector<int> out(1);
  EXPECT_THROW(RunBody("red.global.add.s32 [%out+4], 3; ret;", 1, in, out), Fault);
}

}  // namespace
}  // namespace shortlist::simt::ptx
