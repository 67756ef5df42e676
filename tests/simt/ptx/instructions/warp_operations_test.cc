#include <gmock/gmock.h>

#include "simt/ptx/evaluate.h"
#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// Runs `body` in `threads` threads; it finds the thread's number in %a0 and leaves its result in %a1.
std::vector<int> Results(const std::string& body, std::uint32_t threads = 32) {
  std::vector<int> in{0};
  std::vector<int> out(threads);
  RunBody("mov.u32 %a0, %tid.x; mul.wide.u32 %q0, %a0, 4; add.s64 %q1, %out, %q0; mov.u32 %a1, -1;" + body +
              "$store: st.global.u32 [%q1], %a1; ret;",
          threads, in, out);
  return out;
}

std::vector<int> Mapped(int (*value)(int), int threads = 32) {
  std::vector<int> values;
  for (int i = 0; i < threads; ++i) values.push_back(value(i));
  return values;
}

TEST(PtxWarpOperations, ShuffleInEveryPattern) {
  EXPECT_EQ(Results("shfl.sync.idx.b32 %a1|%p0, %a0, 3, 31, -1;"), Mapped([](int) { return 3; }));
  EXPECT_EQ(Results("shfl.sync.bfly.b32 %a1, %a0, 5, 31, -1;"), Mapped([](int i) { return i ^ 5; }));
  EXPECT_EQ(Results("shfl.sync.down.b32 %a1, %a0, 4, 31, -1;"), Mapped([](int i) { return i + 4 < 32 ? i + 4 : i; }));
  EXPECT_EQ(Results("shfl.sync.up.b32 %a1, %a0, 4, 0, -1;"), Mapped([](int i) { return i >= 4 ? i - 4 : i; }));
}

TEST(PtxWarpOperations, ShuffleWithinSegments) {
  // Segments of 8 lanes: the mask of the segment's number in bits 8 to 12.
  EXPECT_EQ(Results("shfl.sync.idx.b32 %a1, %a0, 3, 0x181F, -1;"), Mapped([](int i) { return i / 8 * 8 + 3; }));
  EXPECT_EQ(Results("shfl.sync.down.b32 %a1, %a0, 2, 0x181F, -1;"),
            Mapped([](int i) { return i % 8 < 6 ? i + 2 : i; }));
  EXPECT_EQ(Results("shfl.sync.up.b32 %a1, %a0, 2, 0x1800, -1;"), Mapped([](int i) { return i % 8 >= 2 ? i - 2 : i; }));
}

TEST(PtxWarpOperations, ShuffleSaysWhetherItReachedALane) {
  EXPECT_EQ(Results("shfl.sync.down.b32 %a2|%p0, %a0, 4, 31, -1; selp.u32 %a1, 1, 0, %p0;"),
            Mapped([](int i) { return i < 28 ? 1 : 0; }));
}

TEST(PtxWarpOperations, ServeTheHalvesOfADivergedWarp) {
  EXPECT_EQ(Results("setp.lt.u32 %p0, %a0, 16; @%p0 bra $low;"
                    "shfl.sync.idx.b32 %a1, %a0, 20, 31, 0xFFFF0000; bra $store;"
                    "$low: shfl.sync.idx.b32 %a1, %a0, 2, 31, 0xFFFF;"),
            Mapped([](int i) { return i < 16 ? 2 : 20; }));
}

TEST(PtxWarpOperations, GoOnWithoutLanesThatExited) {
  const auto results = Results("setp.ge.u32 %p0, %a0, 3; @%p0 ret; vote.sync.ballot.b32 %a1, 1, -1;");
  EXPECT_EQ(results[0], 7);
  EXPECT_EQ(results[3], 0);
}

TEST(PtxWarpOperations, TreatAWarpCutShort) {
  const auto results = Results("vote.sync.all.pred %p1, 1, -1; selp.u32 %a1, 1, 0, %p1;", 40);
  EXPECT_THAT(results, Each(1));
}

TEST(PtxWarpOperations, Vote) {
  const std::string odd = "and.b32 %a2, %a0, 1; setp.eq.u32 %p0, %a2, 1;";
  EXPECT_THAT(Results(odd + "vote.sync.ballot.b32 %a1, %p0, -1;"), Each(static_cast<int>(0xAAAAAAAA)));
  EXPECT_THAT(Results(odd + "vote.sync.ballot.b32 %a1, !%p0, -1;"), Each(0x55555555));
  EXPECT_THAT(Results(odd + "vote.sync.any.pred %p1, %p0, -1; selp.u32 %a1, 1, 0, %p1;"), Each(1));
  EXPECT_THAT(Results(odd + "vote.sync.all.pred %p1, %p0, -1; selp.u32 %a1, 1, 0, %p1;"), Each(0));
  EXPECT_THAT(Results(odd + "vote.sync.uni.pred %p1, %p0, -1; selp.u32 %a1, 1, 0, %p1;"), Each(0));
}

TEST(PtxWarpOperations, Match) {
  EXPECT_EQ(Results("shr.u32 %a2, %a0, 4; match.any.sync.b32 %a1, %a2, -1;"),
            Mapped([](int i) { return static_cast<int>(i < 16 ? 0x0000FFFF : 0xFFFF0000); }));
  EXPECT_THAT(Results("match.all.sync.b32 %a1|%p0, 7, -1;"), Each(-1));
  EXPECT_THAT(Results("match.all.sync.b32 %a1|%p0, %a0, -1;"), Each(0));
}

TEST(PtxWarpOperations, Reduce) {
  EXPECT_THAT(Results("redux.sync.add.u32 %a1, %a0, -1;"), Each(31 * 32 / 2));
  EXPECT_THAT(Results("neg.s32 %a2, %a0; redux.sync.min.s32 %a1, %a2, -1;"), Each(-31));
  EXPECT_THAT(Results("redux.sync.max.u32 %a1, %a0, -1;"), Each(31));
  EXPECT_THAT(Results("redux.sync.or.b32 %a1, %a0, -1;"), Each(31));
  EXPECT_THAT(Results("redux.sync.and.b32 %a1, %a0, -1;"), Each(0));
}

TEST(PtxWarpOperations, RefuseToReadALaneThatDoesNotTakePart) {
  EXPECT_THAT([] { Results("shfl.sync.idx.b32 %a1, %a0, 40, 31, -1;", 8); },
              ThrowsMessage<Fault>(HasSubstr("does not take part")));
}

}  // namespace
}  // namespace shortlist::simt::ptx
