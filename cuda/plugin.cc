// What the program finds in libshortlist_cuda.so; all else in it is hidden.
#include "cuda/cuda_backend.h"
#include "cuda/devices.h"
#include "tensor/device_plugin.h"

// NOLINTNEXTLINE(readability-identifier-naming): a C symbol, which the program looks up by this name.
extern "C" __attribute__((visibility("default"))) const shortlist::tensor::DevicePlugin* shortlist_device_plugin() {
  static constexpr shortlist::tensor::DevicePlugin kPlugin{shortlist::tensor::kDevicePluginVersion,
                                                           shortlist::cuda::Devices, shortlist::cuda::MakeCudaBackend};
  return &kPlugin;
}
