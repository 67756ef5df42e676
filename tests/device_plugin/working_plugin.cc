// One device, whose backend is the CPU's; a second one, which cannot be used.
#include "shortlist/error.h"
#include "tensor/device_plugin.h"

namespace shortlist::tensor {
namespace {

std::vector<DeviceDescription> Devices() {
  return {{"Stand-in", std::size_t{8} << 30}, {"Stand-in that is lost", std::size_t{8} << 30}};
}

std::unique_ptr<Backend> Make(int device, Precision /*precision*/) {
  if (device > 0) throw Error(Code::kUnavailable, "the stand-in's second device is always lost");
  return MakeCpuBackend(1);
}

}  // namespace
}  // namespace shortlist::tensor

// NOLINTNEXTLINE(readability-identifier-naming): a C symbol, which the program looks up by this name.
extern "C" __attribute__((visibility("default"))) const shortlist::tensor::DevicePlugin* shortlist_device_plugin() {
  static constexpr shortlist::tensor::DevicePlugin kPlugin{shortlist::tensor::kDevicePluginVersion,
                                                           shortlist::tensor::Devices, shortlist::tensor::Make};
  return &kPlugin;
}
