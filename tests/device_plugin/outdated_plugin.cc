// A plug-in of an earlier build.
#include "tensor/device_plugin.h"

extern "C" __attribute__((visibility("default"))) const shortlist::tensor::DevicePlugin* shortlist_device_plugin() {
  static constexpr shortlist::tensor::DevicePlugin kPlugin{shortlist::tensor::kDevicePluginVersion - 1, nullptr,
                                                           nullptr};
  return &kPlugin;
}
