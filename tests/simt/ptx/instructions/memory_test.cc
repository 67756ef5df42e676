#include <gmock/gmock.h>

#include "simt/ptx/evaluate.h"
#include "simt/ptx/fault.h"

namespace shortlist::simt::ptx {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::ThrowsMessage;

template <class T>
std::vector<T> RunOne(const std::string& body, std::vector<T> in, std::size_t outputs) {
  std::vector<T> out(outputs);
  RunBody(body, 1, in, out, 16);
  return out;
}

TEST(PtxMemory, MovesVectors) {
  EXPECT_THAT(
      RunOne<int>("ld.global.nc.v4.u32 {%a0,%a1,%a2,%a3}, [%in]; st.global.v4.u32 [%out], {%a3,%a2,%a1,%a0}; ret;",
                  {1, 2, 3, 4}, 4),
      ElementsAre(4, 3, 2, 1));
  EXPECT_THAT(
      RunOne<float>("ld.global.v2.f32 {%a0,%a1}, [%in+8]; st.global.v2.f32 [%out], {%a1,%a0}; ret;", {1, 2, 3, 4}, 2),
      ElementsAre(4.0F, 3.0F));
}

TEST(PtxMemory, ExtendsNarrowValues) {
  EXPECT_THAT(RunOne<int>("ld.global.s8 %a0, [%in]; st.global.u32 [%out], %a0; ld.global.u8 %a1, [%in]; "
                          "st.global.u32 [%out+4], %a1; ret;",
                          {0xFF}, 2),
              ElementsAre(-1, 255));
  EXPECT_THAT(RunOne<std::int64_t>("ld.global.s32 %q0, [%in]; st.global.u64 [%out], %q0; ret;", {0xFFFFFFFE}, 1),
              ElementsAre(-2));
}

TEST(PtxMemory, StoresOnlyItsWidth) {
  EXPECT_THAT(RunOne<int>("mov.u32 %a0, -1; st.global.u32 [%out], 0; st.global.u16 [%out], %a0; ret;", {0}, 1),
              ElementsAre(0xFFFF));
}

TEST(PtxMemory, HasSharedAndGenericAddresses) {
  EXPECT_THAT(RunOne<int>("mov.u32 %a0, dynamic; ld.u32 %a1, [%in]; st.shared.u32 [%a0+12], %a1; "
                          "ld.shared.u32 %a2, [%a0+12]; st.u32 [%out], %a2; ret;",
                          {77}, 1),
              ElementsAre(77));
}

TEST(PtxMemory, RefusesWhatIsOutside) {
  for (const auto& wrong : std::vector<std::pair<std::string, std::string>>{
           {"ld.global.u32 %a0, [%in+16];", "in no allocation"},
           {"ld.global.u32 %a0, [%in+-4];", "in no allocation"},
           {"ld.global.v4.u32 {%a0,%a1,%a2,%a3}, [%in+16];", "in no allocation"},
           {"mov.u32 %a0, dynamic; ld.shared.u32 %a1, [%a0+16];", "outside of the block's"},
           {"mov.u32 %a0, dynamic; st.shared.u32 [%a0+-4], 1;", "outside of the block's"},
           {"st.u32 [0], 1;", "in no allocation"},
           {"ld.param.u32 %a0, [16];", "parameter bytes"}}) {
    EXPECT_THAT(
        [&] {
          RunOne<int>(wrong.first + " ret;", {1, 2, 3, 4}, 4);
        },
        ThrowsMessage<Fault>(HasSubstr(wrong.second)))
        << wrong.first;
  }
}

TEST(PtxMemory, RefusesMisalignedAccess) {
  for (const std::string body : {"ld.global.u32 %a0, [%in+2];", "ld.global.v2.u32 {%a0,%a1}, [%in+4];",
                                 "mov.u32 %a0, dynamic; st.shared.u64 [%a0+4], 1;"}) {
    EXPECT_THAT(
        [&] {
          RunOne<std::int64_t>(body + " ret;", {1, 2, 3, 4}, 4);
        },
        ThrowsMessage<Fault>(HasSubstr("not a multiple")))
        << body;
  }
}

}  // namespace
}  // namespace shortlist::simt::ptx
