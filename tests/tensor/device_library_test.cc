#include "tensor/device_library.h"

#include <filesystem>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::tensor {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;

// A library that opens everywhere, in the place of a driver.
constexpr const char* kAnyLibrary = "libc.so.6";

// The directory of a stand-in for the plug-in, of tests/device_plugin.
std::filesystem::path StandIn(const std::string& name) {
  return std::filesystem::path(DEVICE_PLUGIN_DIR) / name;
}

DeviceLibrary Open(const std::string& name) {
  return OpenDeviceLibrary({kAnyLibrary, {StandIn(name)}});
}

TEST(DeviceLibraryTest, WithoutADriverThePluginIsNotTouched) {
  const DeviceLibrary library = OpenDeviceLibrary({"libno-such-driver.so.1", {StandIn("working")}});
  EXPECT_EQ(library.plugin, nullptr);
  EXPECT_EQ(library.problem, "there is no CUDA driver: libno-such-driver.so.1 does not open");
}

TEST(DeviceLibraryTest, AMissingPluginIsNamedWithItsPlace) {
  const DeviceLibrary library = Open("absent");
  EXPECT_EQ(library.plugin, nullptr);
  EXPECT_THAT(library.problem, HasSubstr("there is no " + (StandIn("absent") / "libshortlist_cuda.so").string()));
}

TEST(DeviceLibraryTest, DevicesThatAnswerAreListed) {
  const DeviceLibrary library = Open("working");
  ASSERT_NE(library.plugin, nullptr) << library.problem;
  EXPECT_EQ(library.problem, "");
  ASSERT_EQ(library.devices.size(), 2U);
  EXPECT_EQ(library.devices[0].name, "Stand-in");
}

TEST(DeviceLibraryTest, ItsBackendComputes) {
  const DeviceLibrary library = Open("working");
  const std::unique_ptr<Backend> backend = library.plugin->make_backend(0, Precision::kFloat32);
  Buffer buffer = backend->Allocate(2 * sizeof(float));
  const float values[2] = {1, 2};
  backend->Upload(values, buffer.As<float>(), sizeof values);
  backend->Scale(buffer.As<float>(), 3, 2);
  std::vector<float> result(2);
  backend->Download(buffer.As<float>(), result.data(), sizeof values);
  EXPECT_THAT(result, ElementsAre(3, 6));
}

TEST(DeviceLibraryTest, ItsErrorsAreOurs) {
  const DeviceLibrary library = Open("working");
  try {
    library.plugin->make_backend(1, Precision::kFloat32);
    FAIL() << "the second device works";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kUnavailable);
  }
}

TEST(DeviceLibraryTest, WhyNoDeviceAnswersIsTold) {
  const DeviceLibrary library = Open("without_devices");
  EXPECT_EQ(library.plugin, nullptr);
  EXPECT_EQ(library.problem, "the stand-in's driver is too old");
}

TEST(DeviceLibraryTest, APluginOfAnotherBuildIsRefused) {
  const DeviceLibrary library = Open("outdated");
  EXPECT_EQ(library.plugin, nullptr);
  EXPECT_THAT(library.problem, HasSubstr("install both from one build"));
}

}  // namespace
}  // namespace shortlist::tensor
