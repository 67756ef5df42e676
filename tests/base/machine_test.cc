#include "base/machine.h"

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"

namespace shortlist::base {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr char kCpuInfo[] =
    "processor\t: 0\n"
    "model\t\t: 106\n"
    "model name\t: Example CPU @ 2.00GHz\n"
    "flags\t\t: fpu avx avx2 f16c fma avx512fp16\n"
    "vmx flags\t: avx512f\n"
    "\n"
    "processor\t: 1\n"
    "model name\t: Another CPU\n";

class ContainerLimitsTest : public ::testing::Test {
 protected:
  ContainerLimitsTest() { report_.memory_bytes = 1000; }

  void Write(const std::string& file, const std::string& text) { std::ofstream(folder_ / file) << text; }

  const ScratchDirectory folder_;
  MachineReport report_;
};

TEST(CpuInfoTest, ReadsModelAndWholeFeatureNamesOfTheFirstProcessor) {
  MachineReport report;
  ReadCpuInfo(kCpuInfo, report);
  EXPECT_EQ(report.cpu_model, "Example CPU @ 2.00GHz");
  EXPECT_THAT(report.cpu_features, ElementsAre("avx2", "fma", "f16c"));
  EXPECT_TRUE(report.HasCpuFeature("fma"));
  EXPECT_FALSE(report.HasCpuFeature("avx512f"));
}

TEST(CpuInfoTest, UnknownTextLeavesTheReportEmpty) {
  MachineReport report;
  ReadCpuInfo(": x\nno colon\nmodel name:\n", report);
  EXPECT_EQ(report.cpu_model, "");
  EXPECT_THAT(report.cpu_features, IsEmpty());
}

TEST_F(ContainerLimitsTest, LowersMemoryAndReadsTheQuota) {
  Write("memory.max", "600\n");
  Write("cpu.max", "150000 100000\n");
  ReadContainerLimits(folder_.path(), report_);
  EXPECT_EQ(report_.memory_bytes, 600U);
  EXPECT_DOUBLE_EQ(report_.core_limit, 1.5);
}

TEST_F(ContainerLimitsTest, ALimitAboveTheMachineDoesNotRaiseMemory) {
  Write("memory.max", "5000\n");
  ReadContainerLimits(folder_.path(), report_);
  EXPECT_EQ(report_.memory_bytes, 1000U);
}

TEST_F(ContainerLimitsTest, MaxAndAbsentFilesMeanNoLimit) {
  Write("memory.max", "max\n");
  Write("cpu.max", "max 100000\n");
  ReadContainerLimits(folder_.path(), report_);
  ReadContainerLimits(folder_ / "absent", report_);
  EXPECT_EQ(report_.memory_bytes, 1000U);
  EXPECT_EQ(report_.core_limit, 0);
}

TEST(ProbeMachineTest, FindsThisMachine) {
  const MachineReport report = ProbeMachine();
  EXPECT_GE(report.cores, 1);
  EXPECT_GT(report.memory_bytes, 64U << 20);
  EXPECT_NE(report.cpu_model, "");
  EXPECT_THAT(report.blas_library, HasSubstr("OpenBLAS"));
  EXPECT_NE(report.blas_core, "");
}

TEST(ProbeMachineTest, EveryComponentSaysWhatItIsNeededFor) {
  const MachineReport report = ProbeMachine();
  ASSERT_EQ(report.components.size(), 3U);
  for (const Component& component : report.components) {
    EXPECT_NE(component.detail, "") << component.name;
    EXPECT_NE(component.needed_for, "") << component.name;
  }
}

TEST(ProbeMachineTest, MpiIsMissingWithoutALauncher) {
  const char* const old = std::getenv("PATH");
  const std::string path = old ? old : "";
  ASSERT_EQ(setenv("PATH", ::testing::TempDir().c_str(), 1), 0);
  const Component mpi = ProbeMachine().components.back();
  setenv("PATH", path.c_str(), 1);
  EXPECT_FALSE(mpi.present);
  EXPECT_THAT(mpi.detail, HasSubstr("no mpirun in PATH"));
}

}  // namespace
}  // namespace shortlist::base
