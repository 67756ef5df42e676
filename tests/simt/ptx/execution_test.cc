#include "simt/ptx/execution.h"

#include <numeric>

#include <gmock/gmock.h>

#include "simt/ptx/evaluate.h"
#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

// Address of this thread's place in out and in: %q0 and %q1.
const std::string kOwnPlaces = R"(
  mov.u32 %a0, %tid.x;
  mul.wide.u32 %q2, %a0, 4;
  add.s64 %q0, %out, %q2;
  add.s64 %q1, %in, %q2;
)";

std::vector<int> Numbers(int count) {
  std::vector<int> numbers(static_cast<std::size_t>(count));
  std::iota(numbers.begin(), numbers.end(), 0);
  return numbers;
}

void ExpectFault(const std::string& body, std::uint32_t threads, const std::string& what) {
  std::vector<int> in = Numbers(64);
  std::vector<int> out(64);
  EXPECT_THAT([&] { RunBody(body, threads, in, out); }, ThrowsMessage<Fault>(HasSubstr(what)));
}

TEST(Execution, BranchesAndLoops) {
  std::vector<int> in{0};
  std::vector<int> out(4);
  RunBody(kOwnPlaces + R"(
  mov.u32 %a1, 0;
  mov.u32 %a2, 0;
$loop:
  setp.ge.u32 %p1, %a2, %a0;
  @%p1 bra.uni $end;
  add.u32 %a2, %a2, 1;
  add.u32 %a1, %a1, %a2;
  bra $loop;
$end:
  st.global.u32 [%q0], %a1;
  ret;)",
          4, in, out);
  EXPECT_THAT(out, ElementsAre(0, 1, 3, 6));
}

TEST(Execution, GuardsInstructions) {
  std::vector<int> in{0};
  std::vector<int> out(3, 7);
  RunBody(kOwnPlaces + R"(
  setp.eq.u32 %p1, %a0, 1;
  @%p1 st.global.u32 [%q0], 1;
  @!%p1 st.global.u32 [%q0], 2;
  @%p1 ret;
  st.global.u32 [%q0], 3;)",
          3, in, out);
  EXPECT_THAT(out, ElementsAre(3, 1, 3));
}

TEST(Execution, NumbersBlocksAndThreads) {
  const Kernel kernel = DecodeOnly(R"(.entry f(.param .u64 out) {
    .reg .b32 %r<9>; .reg .b64 %q<3>;
    ld.param.u64 %q0, [out];
    mov.u32 %r0, %ctaid.y; mov.u32 %r1, %nctaid.x; mov.u32 %r2, %ctaid.x;
    mad.lo.s32 %r3, %r0, %r1, %r2;
    mov.u32 %r4, %ntid.x; mov.u32 %r5, %ntid.y; mul.lo.s32 %r6, %r4, %r5; mul.lo.s32 %r3, %r3, %r6;
    mov.u32 %r7, %tid.y; mov.u32 %r8, %tid.x; mad.lo.s32 %r7, %r7, %r4, %r8; add.s32 %r3, %r3, %r7;
    mul.wide.s32 %q1, %r3, 4; add.s64 %q2, %q0, %q1; st.global.u32 [%q2], %r3; ret; })");
  std::vector<int> out(2 * 3 * 4 * 2);
  ArrayMemory memory;
  const std::uint64_t address = memory.Add(out);
  std::vector<std::byte> parameters;
  AppendParameter(parameters, address, sizeof address);
  Execute(kernel, {.blocks = {2, 3, 1}, .threads = {4, 2, 1}}, parameters, memory);
  EXPECT_EQ(out, Numbers(48));
}

TEST(Execution, BarrierOrdersSharedMemory) {
  std::vector<int> in = Numbers(64);
  std::vector<int> out(64);
  RunBody(R"(.shared .align 4 .b8 tile[256];)" + kOwnPlaces + R"(
  ld.global.u32 %a1, [%q1];
  mov.u32 %a2, tile;
  mad.lo.s32 %a3, %a0, 4, %a2;
  st.shared.u32 [%a3], %a1;
  bar.sync 0;
  sub.s32 %a4, 63, %a0;
  mad.lo.s32 %a4, %a4, 4, %a2;
  ld.shared.u32 %a5, [%a4];
  st.global.u32 [%q0], %a5;
  ret;)",
          64, in, out);
  for (int i = 0; i < 64; ++i) EXPECT_EQ(out[static_cast<std::size_t>(i)], 63 - i);
}

TEST(Execution, TurnsTheOrderOfBlocksAndThreads) {
  const Kernel kernel = DecodeOnly(R"(.entry f(.param .u64 next, .param .u64 out) {
    .reg .b32 %r<4>; .reg .b64 %q<4>;
    ld.param.u64 %q0, [next]; atom.global.add.u32 %r0, [%q0], 1;
    mov.u32 %r1, %ctaid.x; mov.u32 %r2, %tid.x; mad.lo.s32 %r3, %r1, 2, %r2;
    ld.param.u64 %q1, [out]; mul.wide.u32 %q2, %r0, 4; add.s64 %q3, %q1, %q2; st.global.u32 [%q3], %r3; ret; })");
  std::vector<int> next(1);
  std::vector<int> out(6);
  ArrayMemory memory;
  std::vector<std::byte> parameters;
  AppendParameter(parameters, memory.Add(next), sizeof(std::uint64_t));
  AppendParameter(parameters, memory.Add(out), sizeof(std::uint64_t));
  Execute(kernel, {.blocks = {3, 1, 1}, .threads = {2, 1, 1}, .order = RunOrder::kReverse}, parameters, memory);
  EXPECT_THAT(out, ElementsAre(5, 4, 3, 2, 1, 0));
}

TEST(Execution, SharedMemoryBeginsAsGarbage) {
  std::vector<int> in{0};
  std::vector<int> out(1);
  RunBody("mov.u32 %a0, dynamic; ld.shared.u32 %a1, [%a0]; st.global.u32 [%out], %a1; ret;", 1, in, out, 16);
  EXPECT_EQ(static_cast<std::uint32_t>(out[0]), 0xFBFBFBFBU);
}

TEST(Execution, FindsABarrierThatAThreadNeverReaches) {
  ExpectFault("mov.u32 %a0, %tid.x; setp.eq.u32 %p0, %a0, 3; @%p0 ret; bar.sync 0; ret;", 64, "exited without");
}

TEST(Execution, FindsThreadsAtDifferentBarriers) {
  ExpectFault("mov.u32 %a0, %tid.x; setp.eq.u32 %p0, %a0, 3; @%p0 bra $b; bar.sync 0; ret; $b: bar.sync 0; ret;", 64,
              "other threads wait");
}

TEST(Execution, FindsALaneOutsideItsMask) {
  ExpectFault("bar.warp.sync 1; ret;", 2, "not in its own mask");
}

TEST(Execution, FindsAWarpThatWaitsForALaneAtABarrier) {
  ExpectFault("mov.u32 %a0, %tid.x; setp.eq.u32 %p0, %a0, 3; @%p0 bra $b; bar.warp.sync -1; $b: bar.sync 0; ret;", 32,
              "do not come");
}

TEST(Execution, FindsParametersOfAnotherSize) {
  const Kernel kernel = DecodeOnly(".entry f(.param .u64 a) { ret; }");
  ArrayMemory memory;
  std::vector<std::byte> parameters(4);
  EXPECT_THAT([&] { Execute(kernel, {}, parameters, memory); }, ThrowsMessage<Fault>(HasSubstr("8 bytes")));
}

TEST(Execution, SaysWhereAFaultIs) {
  std::vector<int> in = Numbers(4);
  std::vector<int> out(4);
  EXPECT_THAT([&] { RunBody(kOwnPlaces + "ld.global.u32 %a1, [%q1];\nret;", 5, in, out); },
              ThrowsMessage<Fault>(AllOf(HasSubstr("test, block (0, 0, 0), thread (4, 0, 0), ld.global.u32 (PTX line"),
                                         HasSubstr("in no allocation"))));
}

}  // namespace
}  // namespace shortlist::simt::ptx
