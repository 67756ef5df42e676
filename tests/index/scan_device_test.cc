#include "index/scan_device.h"

#include <string>
#include <utility>
#include <vector>

#include <faiss/Index.h>
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"

namespace shortlist::index {
namespace {

using ::testing::HasSubstr;

constexpr DeviceName kFirstGpu{DeviceKind::kCuda, 0};

TEST(ScanDeviceTest, WithoutThePluginTheCpuScansAndTheReasonNamesIt) {
  const ScratchDirectory empty;
  const ScanDeviceChoice choice = ChooseScanDevice(kFirstGpu, {empty / "lib"});
  EXPECT_FALSE(choice.device);
  EXPECT_THAT(choice.reason, HasSubstr("not built in"));
  EXPECT_THAT(choice.reason, HasSubstr((empty / "lib" / "libshortlist_faiss_gpu.so").string()));
}

// The plug-in's one source, with functions that compute on the CPU in place of Faiss for GPUs.
class FaissGpuPluginTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (directory_.empty()) GTEST_SKIP() << "the headers of Faiss for GPUs or of a CUDA toolkit are not installed";
  }

  const std::string directory_ = FAISS_GPU_STAND_IN_DIR;
};

TEST_F(FaissGpuPluginTest, IsUnusedWhereModelsComputeOnTheCpu) {
  const ScanDeviceChoice choice = ChooseScanDevice({DeviceKind::kCpu}, {directory_});
  EXPECT_FALSE(choice.device);
  EXPECT_THAT(choice.reason, HasSubstr("is built in, but no GPU is in use"));
}

TEST_F(FaissGpuPluginTest, MakesFlatIndexesOfBothKinds) {
  const ScanDeviceChoice choice = ChooseScanDevice(kFirstGpu, {directory_});
  ASSERT_TRUE(choice.device) << choice.reason;
  EXPECT_EQ(choice.device->Name(), "cuda:0");
  const std::vector<float> vectors{3, 0, 1, 1};
  const std::vector<float> query{1, 1};
  for (const auto& [nearness, best] : {std::pair{Nearness::kInnerProduct, 0}, {Nearness::kDistance, 1}}) {
    const auto index = choice.device->MakeFlat(2, nearness);
    index->add(2, vectors.data());
    std::int64_t id = -1;
    float score = 0;
    index->search(1, query.data(), 1, &score, &id);
    EXPECT_EQ(id, best);
    index->reset();
    EXPECT_EQ(index->ntotal, 0);
  }
}

}  // namespace
}  // namespace shortlist::index
