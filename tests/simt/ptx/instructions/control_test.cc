#include <gmock/gmock.h>

#include "simt/ptx/evaluate.h"
#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// Each of 48 threads votes that its number is below 5.
std::vector<int> Vote(const std::string& barrier, const std::string& result) {
  std::vector<int> in{0};
  std::vector<int> out(48);
  RunBody("mov.u32 %a0, %tid.x; setp.lt.u32 %p0, %a0, 5; " + barrier + result +
              " mul.wide.u32 %q0, %a0, 4; add.s64 %q1, %out, %q0; st.global.u32 [%q1], %a1; ret;",
          48, in, out);
  return out;
}

TEST(PtxControl, BarriersCountPredicates) {
  EXPECT_THAT(Vote("barrier.sync.aligned 0; bar.red.popc.u32 %a1, 0, %p0;", ""), Each(5));
  EXPECT_THAT(Vote("bar.red.or.pred %p1, 0, %p0;", "selp.u32 %a1, 1, 0, %p1;"), Each(1));
  EXPECT_THAT(Vote("bar.red.and.pred %p1, 0, %p0;", "selp.u32 %a1, 1, 0, %p1;"), Each(0));
}

TEST(PtxControl, OnlyTheBarrierOfTheBlockIsKnown) {
  EXPECT_THAT([] { Vote("bar.sync 1;", ""); }, ThrowsMessage<Fault>(HasSubstr("only barrier 0")));
}

TEST(PtxControl, TrapsAndFences) {
  std::vector<int> in{0};
  std::vector<int> out(1);
  EXPECT_THAT([&] { RunBody("membar.gl; fence.acq_rel.gpu; trap; ret;", 1, in, out); },
              ThrowsMessage<Fault>(HasSubstr("trapped")));
}

TEST(PtxControl, ExitEndsAThread) {
  std::vector<int> in{0};
  std::vector<int> out(1);
  EXPECT_EQ(RunBody("exit; st.global.u32 [%out], 1; ret;", 1, in, out), 3U);
  EXPECT_EQ(out[0], 0);
}

}  // namespace
}  // namespace shortlist::simt::ptx
