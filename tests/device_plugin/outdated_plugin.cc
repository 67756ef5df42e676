// A plug-in of an earlier build.
#include "tensor/device_plugin.h"

// NOLINTNEXTLINE(readability-identifier-naming): a C symbol, which the program looks up by this name.
extern "C" __attribute__((visibility("default"))) const shortlist::tensor::DevicePlugin* shortlist_device_plugin() {
  static constexpr shortlist::tensor::DevicePlugin kPlugin{shortlist::tensor::kDevicePluginVersion - 1, nullptr,
                                                           nullptr};
  return &kPlugin;
}
