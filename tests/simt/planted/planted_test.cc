// The detectors detect: each planted defect is reported, and the same program without it is not.
#include <algorithm>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "simt/planted/fault.h"
#include "simt/runtime/machine.h"
#include "simt/runtime/memory_checker.h"

namespace shortlist::planted {
namespace {

using ::testing::Contains;
using ::testing::IsEmpty;
using ::testing::StartsWith;

std::vector<Fault> AllFaults() {
  std::vector<Fault> all;
  for (const auto& faults : {MemoryFaults(), RaceFaults(), WarpFaults(), BarrierFaults(), LaunchFaults()}) {
    all.insert(all.end(), faults.begin(), faults.end());
  }
  return all;
}

class PlantedTest : public ::testing::TestWithParam<Fault> {
 protected:
  // What was reported, and the error that a call returned.
  static std::vector<std::string> Findings(Form form) {
    GetParam().run(form);
    std::vector<std::string> findings = simt::TheMachine().reports().Take();
    const cudaError_t error = cudaGetLastError();
    if (error != cudaSuccess) findings.emplace_back(cudaGetErrorName(error));
    return findings;
  }
};

TEST_P(PlantedTest, TheDefectIsReported) {
  if (GetParam().witness == Witness::kDetector && !simt::LinkedMemoryChecker().SeesAccesses()) {
    GTEST_SKIP() << "the detector is not linked into this program";
  }
  EXPECT_THAT(Findings(Form::kPlanted), Contains(StartsWith(GetParam().kind)));
}

TEST_P(PlantedTest, ItsHealthyTwinIsSilent) {
  EXPECT_THAT(Findings(Form::kHealthy), IsEmpty());
}

std::string NameOf(const ::testing::TestParamInfo<Fault>& fault) {
  return fault.param.name;
}

INSTANTIATE_TEST_SUITE_P(Table, PlantedTest, ::testing::ValuesIn(AllFaults()), NameOf);

}  // namespace
}  // namespace shortlist::planted
