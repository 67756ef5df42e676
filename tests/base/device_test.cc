#include "shortlist/device.h"

#include <gtest/gtest.h>

namespace shortlist {
namespace {

TEST(DeviceNameTest, NamesAKind) {
  EXPECT_EQ(ParseDeviceName("auto")->kind, DeviceKind::kAuto);
  EXPECT_EQ(ParseDeviceName("cpu")->kind, DeviceKind::kCpu);
}

TEST(DeviceNameTest, NumbersCudaDevices) {
  for (const int index : {0, 1, 63}) {
    const auto device = ParseDeviceName("cuda:" + std::to_string(index));
    ASSERT_TRUE(device.has_value());
    EXPECT_EQ(device->kind, DeviceKind::kCuda);
    EXPECT_EQ(device->index, index);
  }
}

TEST(DeviceNameTest, OtherTextIsNone) {
  for (const char* text : {"", "gpu", "CPU", "cuda", "cuda:", "cuda:x", "cuda:-1", "cuda:0x1", "cuda:1 ", "cuda:64"}) {
    EXPECT_FALSE(ParseDeviceName(text).has_value()) << text;
  }
}

}  // namespace
}  // namespace shortlist
