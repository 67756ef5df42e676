// What a plug-in does where no device answers: it says why.
#include "shortlist/error.h"
#include "tensor/device_plugin.h"

namespace shortlist::tensor {
namespace {

std::vector<DeviceDescription> Devices() {
  throw Error(Code::kUnavailable, "the stand-in's driver is too old");
}

}  // namespace
}  // namespace shortlist::tensor

// NOLINTNEXTLINE(readability-identifier-naming): a C symbol, which the program looks up by this name.
extern "C" __attribute__((visibility("default"))) const shortlist::tensor::DevicePlugin* shortlist_device_plugin() {
  static constexpr shortlist::tensor::DevicePlugin kPlugin{shortlist::tensor::kDevicePluginVersion,
                                                           shortlist::tensor::Devices, nullptr};
  return &kPlugin;
}
