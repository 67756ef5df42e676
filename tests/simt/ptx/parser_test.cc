#include "simt/ptx/parser.h"

#include <gmock/gmock.h>

#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Parser, ReadsAKernel) {
  const ModuleSyntax module = Parse(R"(
.version 9.0
.target sm_80
.address_size 64
.extern .shared .align 16 .b8 dynamic[];
.visible .entry scale(.param .u64 .ptr .global .align 4 values, .param .align 8 .b8 shape[24])
.maxntid 128, 1, 1
.minnctapersm 2
{
  .reg .pred %p<2>;
  .reg .b32 %r<2>, %only;
  .shared .align 4 .b8 tile[512];
  .pragma "nounroll";
  @!%p1 bra $done;
  { .reg .b64 %inner; mov.b64 {%r0,%r1}, %inner; }
$done:
  ret;
})");
  ASSERT_EQ(module.kernels.size(), 1U);
  const KernelSyntax& kernel = module.kernels[0];
  EXPECT_EQ(kernel.name, "scale");
  EXPECT_EQ(kernel.parameters[1].bytes, 24U);
  EXPECT_EQ(kernel.parameters[1].alignment, 8U);
  EXPECT_EQ(kernel.shared[0].bytes, 512U);
  EXPECT_EQ(module.shared[0].bytes, 0U);
  EXPECT_THAT(kernel.registers, ElementsAre("%p0", "%p1", "%r0", "%r1", "%only", "%inner"));
  EXPECT_EQ(kernel.labels.at("$done"), 2);
  EXPECT_TRUE(kernel.statements[0].guard.negated);
  EXPECT_EQ(kernel.statements[1].operands[0].kind, SyntaxOperand::Kind::kVector);
}

TEST(Parser, ReadsOperandsOfEveryKind) {
  const auto module = Parse(".entry f() { shfl.sync.idx.b32 %r1|%p1, %r2, !%p2, [%rd1+8], [%rd2]; }");
  const auto& operands = module.kernels[0].statements[0].operands;
  EXPECT_EQ(operands[0].kind, SyntaxOperand::Kind::kPair);
  EXPECT_TRUE(operands[2].terms[0].negated);
  EXPECT_EQ(operands[3].kind, SyntaxOperand::Kind::kAddress);
  EXPECT_EQ(operands[3].offset, 8);
  EXPECT_EQ(operands[4].offset, 0);
}

TEST(Parser, NamesTheLineOfWhatItDoesNotKnow) {
  for (const char* text : {"\n.func f() {}", ".entry f()\n{ .local .align 4 .b8 depot[8]; }", ".entry f()\n{ ret }",
                           "\n.tex .u64 t;", ".entry f()\n{ .reg .b32 %r<1; }"}) {
    EXPECT_THAT([&] { Parse(text); }, ThrowsMessage<Fault>(HasSubstr("PTX line 2"))) << text;
  }
}

}  // namespace
}  // namespace shortlist::simt::ptx
