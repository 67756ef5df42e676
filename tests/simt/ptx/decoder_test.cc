#include "simt/ptx/decoder.h"

#include <gmock/gmock.h>

#include "simt/ptx/evaluate.h"
#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

using ::testing::AllOf;
using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

TEST(Decoder, LaysParametersOutLikeAStruct) {
  const Kernel kernel =
      DecodeOnly(".entry f(.param .u8 a, .param .u64 b, .param .f32 c) { .reg .b32 %r; ld.param.f32 %r, [c]; ret; }");
  EXPECT_EQ(kernel.parameter_bytes, 20U);
  EXPECT_EQ(kernel.constants.at(0), 16U);
}

TEST(Decoder, PutsDynamicSharedMemoryBehindTheStaticPart) {
  const Kernel kernel = DecodeOnly(R"(.extern .shared .align 16 .b8 dynamic[];
    .entry f() { .reg .b32 %r; .shared .align 8 .b8 tile[20]; mov.u32 %r, tile; mov.u32 %r, dynamic; ret; })");
  EXPECT_EQ(kernel.static_shared_bytes, 32U);
  EXPECT_THAT(kernel.constants, ElementsAre(0U, 32U));
}

TEST(Decoder, ReadsNumbers) {
  const Kernel kernel = DecodeOnly(
      ".entry f() { .reg .b64 %r; mov.u32 %r, 0f3F800000; mov.s64 %r, -1; mov.u64 %r, 0d3FF0000000000000; ret; }");
  EXPECT_THAT(kernel.constants, ElementsAre(0x3F800000U, ~std::uint64_t{0}, 0x3FF0000000000000U));
}

TEST(Decoder, NamesKernelAndLineOfWhatItCannotDecode) {
  for (const std::string body : {"frobnicate.s32 %r, %r;", "mov.u32 %r, %missing;", "bra nowhere;"}) {
    EXPECT_THAT([&] { DecodeOnly(".entry strange() {\n.reg .b32 %r;\n" + body + "}"); },
                ThrowsMessage<Fault>(AllOf(HasSubstr("line 3"), HasSubstr("kernel strange"))))
        << body;
  }
}

}  // namespace
}  // namespace shortlist::simt::ptx
