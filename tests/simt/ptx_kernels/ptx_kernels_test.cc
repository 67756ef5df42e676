#include "simt/ptx_kernels/ptx_kernels.h"

#include <fstream>

#include "base/scratch_directory.h"
#include "simt/device_fixture.h"
#include "simt/ptx/fault.h"
#include "simt/ptx_kernels/ptx_test_kernels.h"

namespace shortlist::simt {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// AddOneKernel as PTX that adds 10, by which it is known.
constexpr const char* kAddTen = R"(
.version 9.0
.target sm_80
.address_size 64
.visible .entry _ZN9shortlist4simt12AddOneKernelEPi(.param .u64 values) {
  .reg .b32 %r<3>; .reg .b64 %q<4>;
  ld.param.u64 %q0, [values];
  mov.u32 %r0, %tid.x;
  mul.wide.u32 %q1, %r0, 4;
  add.s64 %q2, %q0, %q1;
  ld.global.u32 %r1, [%q2];
  add.s32 %r2, %r1, 10;
  st.global.u32 [%q2], %r2;
  ret;
})";

class PtxKernelsTest : public DeviceTest {
 protected:
  ~PtxKernelsTest() override { TheMachine().set_interceptor(nullptr); }

  std::shared_ptr<PtxKernels> Load(const std::string& text) const {
    std::ofstream(scratch_ / "kernels.ptx") << text;
    return std::make_shared<PtxKernels>(std::vector<std::string>{scratch_ / "kernels.ptx"});
  }

  ScratchDirectory scratch_;
};

TEST_F(PtxKernelsTest, RunInPlaceOfTheHostCompilersCode) {
  auto values = Array<int>({1, 2, 3});
  Launch(1, 3, AddOneKernel, values.data());
  EXPECT_THAT(values.Read(), ElementsAre(2, 3, 4));
  const auto kernels = Load(kAddTen);
  TheMachine().set_interceptor(kernels);
  Launch(1, 3, AddOneKernel, values.data());
  EXPECT_THAT(values.Read(), ElementsAre(12, 13, 14));
  EXPECT_EQ(kernels->launches(), 1U);
  EXPECT_EQ(kernels->executed(), 24U);
}

TEST_F(PtxKernelsTest, ReportAKernelWithoutPtx) {
  TheMachine().set_interceptor(Load(kAddTen));
  auto values = Array<int>({5});
  Launch(1, 1, WithoutPtxKernel, values.data());
  EXPECT_THAT(TakeReports(), ElementsAre(HasSubstr("no kernel _ZN9shortlist4simt16WithoutPtxKernelEPi")));
  EXPECT_THAT(values.Read(), ElementsAre(5));
}

TEST_F(PtxKernelsTest, ReportAnAccessOutsideOfAllocations) {
  TheMachine().set_interceptor(Load(kAddTen));
  auto values = Array<int>({1, 2, 3});
  Launch(1, 4, AddOneKernel, values.data());
  EXPECT_THAT(TakeReports(), ElementsAre(HasSubstr("thread (3, 0, 0), ld.global.u32")));
}

TEST_F(PtxKernelsTest, RefuseWhatTheInterpreterDoesNotKnow) {
  EXPECT_THROW(Load(".visible .entry f() { frobnicate.s32; }"), ptx::Fault);
  EXPECT_THROW(PtxKernels({scratch_ / "missing.ptx"}), ptx::Fault);
}

}  // namespace
}  // namespace shortlist::simt
