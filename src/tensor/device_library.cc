#include "tensor/device_library.h"

#include <dlfcn.h>

#include "base/plugin.h"
#include "shortlist/error.h"

namespace shortlist::tensor {
namespace {

// Null, with `problem` set, if there is no plug-in of this version.
const DevicePlugin* FindPlugin(const std::vector<std::filesystem::path>& directories, std::string& problem) {
  const base::Plugin library("cuda", directories);
  if (!library.open()) {
    problem = "there is a CUDA driver, but the plug-in does not open: " + library.problem() +
              "; install a build with CUDA and what it needs";
    return nullptr;
  }
  auto* entry = library.Find<DevicePluginEntry>(kDevicePluginEntry);
  const DevicePlugin* plugin = entry == nullptr ? nullptr : entry();
  if (plugin != nullptr && plugin->version == kDevicePluginVersion) return plugin;
  problem = "the CUDA plug-in is of another version than this program; install both from one build";
  return nullptr;
}

void AskForDevices(DeviceLibrary& library) {
  try {
    library.devices = library.plugin->devices();
    if (library.devices.empty()) library.problem = "the CUDA plug-in loads, but finds no device";
  } catch (const Error& error) {
    library.problem = error.what();
  }
  if (library.devices.empty()) library.plugin = nullptr;
}

}  // namespace

DeviceLibrary OpenDeviceLibrary(const DeviceLibrarySearch& search) {
  DeviceLibrary library;
  // The driver has threads of its own once it is used, so it stays open.
  if (dlopen(search.driver.c_str(), RTLD_NOW | RTLD_LOCAL) == nullptr) {
    library.problem = "there is no CUDA driver: " + search.driver + " does not open";
    return library;
  }
  library.plugin = FindPlugin(search.directories, library.problem);
  if (library.plugin != nullptr) AskForDevices(library);
  return library;
}

}  // namespace shortlist::tensor
