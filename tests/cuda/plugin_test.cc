#include "cuda/device_test.h"
#include "tensor/device_plugin.h"

// NOLINTNEXTLINE(readability-identifier-naming): a C symbol, which the program looks up by this name.
extern "C" const shortlist::tensor::DevicePlugin* shortlist_device_plugin();

namespace shortlist::cuda {
namespace {

class PluginTest : public DeviceTest {};

TEST_F(PluginTest, OffersDevicesAndBackends) {
  const tensor::DevicePlugin* plugin = shortlist_device_plugin();
  EXPECT_EQ(plugin->version, tensor::kDevicePluginVersion);
  EXPECT_FALSE(plugin->devices().empty());
  EXPECT_EQ(plugin->make_backend(1, Precision::kBfloat16)->Name(), "cuda:1");
}

}  // namespace
}  // namespace shortlist::cuda
