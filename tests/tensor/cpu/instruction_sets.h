// Tests that run once for each instruction set that row kernels are compiled for and this processor has.
#pragma once

#include <cstdint>
#include <string>

#include <gtest/gtest.h>
#include <hwy/targets.h>

namespace shortlist::tensor::cpu {

class EveryInstructionSet : public ::testing::TestWithParam<std::int64_t> {
 protected:
  void SetUp() override {
    if ((hwy::SupportedTargets() & GetParam()) == 0) GTEST_SKIP() << "this processor has no " << Name(GetParam());
    hwy::SetSupportedTargetsForTest(GetParam() | HWY_STATIC_TARGET);
  }
  void TearDown() override { hwy::SetSupportedTargetsForTest(0); }

 public:
  static std::string Name(std::int64_t target) {
    return target == HWY_STATIC_TARGET ? "Baseline" : hwy::TargetName(target);
  }
  static auto All() { return ::testing::Values(HWY_STATIC_TARGET, HWY_SSE4, HWY_AVX2, HWY_AVX3); }
};

inline std::string InstructionSetName(const ::testing::TestParamInfo<std::int64_t>& info) {
  return EveryInstructionSet::Name(info.param);
}

}  // namespace shortlist::tensor::cpu
