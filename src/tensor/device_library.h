// Finds and opens the plug-in of CUDA devices.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "tensor/device_plugin.h"

namespace shortlist::tensor {

// Where to look. `driver` is opened first: without it no device can answer, and the plug-in is not touched.
struct DeviceLibrarySearch {
  std::string driver = "libcuda.so.1";
  std::vector<std::filesystem::path> directories;  // as base::PluginDirectories gives them
};

// The devices of a plug-in, or why there are none.
struct DeviceLibrary {
  const DevicePlugin* plugin = nullptr;  // null if there are no devices
  std::vector<DeviceDescription> devices;
  std::string problem;  // empty if there are devices: what failed, and what to do about it
};

// Opens the driver, then libshortlist_cuda.so. Both stay loaded until the program ends. Never throws.
DeviceLibrary OpenDeviceLibrary(const DeviceLibrarySearch& search);

}  // namespace shortlist::tensor
