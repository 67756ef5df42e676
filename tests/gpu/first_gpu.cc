#include "gpu/first_gpu.h"

#include "conformance/backends.h"

namespace shortlist::conformance {

tensor::DeviceLibrary OpenPluginOfThisBuild() {
  return tensor::OpenDeviceLibrary({.directories = {SHORTLIST_CUDA_DIRECTORY}});
}

std::vector<BackendRow> Backends() {
  const tensor::DeviceLibrary library = OpenPluginOfThisBuild();
  if (library.devices.empty()) return {};
  return {{"cuda_0", [plugin = library.plugin] { return plugin->make_backend(0, Precision::kFloat32); }}};
}

}  // namespace shortlist::conformance
