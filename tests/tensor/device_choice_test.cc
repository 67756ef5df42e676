#include "tensor/device_choice.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::tensor {
namespace {

using ::testing::HasSubstr;

DeviceLibrary TwoDevices() {
  DeviceLibrary library;
  library.devices = {{"First", std::size_t{80} << 30}, {"Second", std::size_t{40} << 30}};
  return library;
}

DeviceLibrary NoDevice() {
  DeviceLibrary library;
  library.problem = "the driver is on holiday";
  return library;
}

std::string ErrorOf(DeviceName wanted, const DeviceLibrary& library) {
  try {
    ChooseDevice(wanted, library);
    return "none";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kUnavailable);
    return error.what();
  }
}

TEST(DeviceChoiceTest, AutoTakesTheFirstDeviceThatAnswers) {
  const DeviceChoice choice = ChooseDevice({DeviceKind::kAuto, 0}, TwoDevices());
  EXPECT_EQ(choice.device.kind, DeviceKind::kCuda);
  EXPECT_EQ(choice.device.index, 0);
  EXPECT_EQ(choice.reason, "it is the first GPU that answers: First with 80 GiB");
}

TEST(DeviceChoiceTest, AutoFallsBackToTheCpuAndSaysWhy) {
  const DeviceChoice choice = ChooseDevice({DeviceKind::kAuto, 0}, NoDevice());
  EXPECT_EQ(choice.device.kind, DeviceKind::kCpu);
  EXPECT_EQ(choice.reason, "the driver is on holiday");
}

TEST(DeviceChoiceTest, TheCpuIsTakenWhereItIsAskedFor) {
  EXPECT_EQ(ChooseDevice({DeviceKind::kCpu, 0}, TwoDevices()).device.kind, DeviceKind::kCpu);
}

TEST(DeviceChoiceTest, ADeviceIsTakenByItsNumber) {
  const DeviceChoice choice = ChooseDevice({DeviceKind::kCuda, 1}, TwoDevices());
  EXPECT_EQ(choice.device.index, 1);
  EXPECT_THAT(choice.reason, HasSubstr("Second"));
}

TEST(DeviceChoiceTest, ADeviceThatIsAskedForMustAnswer) {
  EXPECT_EQ(ErrorOf({DeviceKind::kCuda, 0}, NoDevice()), "device: cuda:0 does not answer: the driver is on holiday");
  EXPECT_EQ(ErrorOf({DeviceKind::kCuda, 2}, TwoDevices()),
            "device: cuda:2 does not answer: the machine has 2 device(s), counted from 0");
}

TEST(DeviceChoiceTest, TheCpuNeedsNoPlugin) {
  const DeviceChoice cpu{{DeviceKind::kCpu, 0}, ""};
  EXPECT_EQ(MakeBackend(cpu, NoDevice(), 1, Precision::kFloat32)->Name(), "cpu");
}

}  // namespace
}  // namespace shortlist::tensor
