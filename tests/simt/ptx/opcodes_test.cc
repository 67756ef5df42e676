#include "simt/ptx/opcodes.h"

#include <gmock/gmock.h>

#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Opcodes, DropsHintsAlone) {
  EXPECT_EQ(WithoutHints("ld.global.nc.L1::no_allocate.v4.f32"), "ld.global.v4.f32");
  EXPECT_EQ(WithoutHints("bra.uni"), "bra");
  EXPECT_EQ(WithoutHints("atom.relaxed.gpu.global.add.f32"), "atom.global.add.f32");
  EXPECT_EQ(WithoutHints("add.ftz.f32"), "add.ftz.f32");
}

TEST(Opcodes, RefusesTheUnknown) {
  const OpcodeTable table;
  EXPECT_NE(table.Find("add.s32", "r,r,r").run, nullptr);
  for (const auto& unknown : std::vector<std::pair<std::string, std::string>>{
           {"frobnicate.s32", "r,r,r"}, {"add.s32", "r,r"}, {"add.ftz.f32", "r,r,r"}, {"ld.local.f32", "r,[]"}}) {
    EXPECT_THAT([&] { table.Find(unknown.first, unknown.second); },
                ThrowsMessage<Fault>(HasSubstr("does not know '" + unknown.first)));
  }
}

}  // namespace
}  // namespace shortlist::simt::ptx
