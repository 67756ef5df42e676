#include "cuda/devices.h"

#include "cuda/device_test.h"

namespace shortlist::cuda {
namespace {

using ::testing::HasSubstr;

class DevicesTest : public DeviceTest {};

TEST_F(DevicesTest, AllAreListed) {
  simt::TheMachine().set_device_count(3);
  const auto devices = Devices();
  ASSERT_EQ(devices.size(), 3U);
  EXPECT_NE(devices[0].name, "");
  EXPECT_GT(devices[0].memory_bytes, 0U);
}

TEST_F(DevicesTest, WithoutADriverItSaysWhy) {
  simt::TheMachine().set_driver_state(cudaErrorInsufficientDriver);
  EXPECT_THAT(ErrorOf(Code::kUnavailable, [] { Devices(); }), HasSubstr("cudaErrorInsufficientDriver"));
}

}  // namespace
}  // namespace shortlist::cuda
