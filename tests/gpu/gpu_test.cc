#include <gtest/gtest.h>

#include "gpu/first_gpu.h"

namespace shortlist::conformance {
namespace {

TEST(GpuTest, FirstGpuMakesABackendOfItsName) {
  const tensor::DeviceLibrary library = OpenPluginOfThisBuild();
  ASSERT_FALSE(library.devices.empty()) << library.problem;
  EXPECT_GT(library.devices.front().memory_bytes, 0U);
  EXPECT_GT(library.devices.front().memory_rate, 0);
  EXPECT_EQ(library.plugin->make_backend(0, Precision::kFloat32)->Name(), "cuda:0");
}

}  // namespace
}  // namespace shortlist::conformance
