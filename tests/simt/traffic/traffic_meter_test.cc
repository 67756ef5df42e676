#include "simt/traffic/traffic_meter.h"

#include <array>

#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

TEST(TrafficMeterTest, AddsUpByKernel) {
  alignas(kSectorBytes) std::array<char, 256> memory{};
  TrafficMeter meter;
  meter.Start();
  for (const char* kernel : {"first", "second", "first"}) {
    meter.BeginKernel(kernel);
    for (int block = 0; block < 2; ++block) {
      meter.BeginBlock();
      meter.Add(0, 1, AccessKind::kRead, memory.data(), 4);
      meter.Add(0, 2, AccessKind::kAtomic, memory.data(), 4);
    }
  }
  const std::vector<KernelTraffic> kernels = meter.Stop();
  ASSERT_EQ(kernels.size(), 2U);
  EXPECT_EQ(kernels[0].kernel, "first");
  EXPECT_EQ(kernels[0].launches, 2);
  EXPECT_EQ(kernels[0].traffic, (Traffic{12, 8, 4})) << "2 launches of 2 blocks";
  EXPECT_EQ(kernels[1].launches, 1);
}

TEST(TrafficMeterTest, StartsAnew) {
  TrafficMeter meter;
  meter.Start();
  meter.BeginKernel("old");
  meter.Stop();
  EXPECT_FALSE(meter.counting());
  meter.Start();
  EXPECT_TRUE(meter.Stop().empty());
}

}  // namespace
}  // namespace shortlist::simt
