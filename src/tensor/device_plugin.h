// What a plug-in library exports, so that the program needs no libraries of a device's vendor to start.
#pragma once

#include <cstddef>
#include <memory>
#include <string>
#include <vector>

#include "shortlist/settings/precision.h"
#include "tensor/backend.h"

namespace shortlist::tensor {

struct DeviceDescription {
  std::string name;  // as its driver calls it
  std::size_t memory_bytes = 0;
  double memory_rate = 0;  // bytes per second that its memory moves at the most, as its driver says; 0: not known
};

// Compiled into a plug-in and into the program: whoever changes this header, tensor/backend.h or tensor/buffer.h in a
// way that matters to compiled code raises it. A plug-in of another number is not used.
inline constexpr int kDevicePluginVersion = 3;

// Functions throw Error, as everywhere; plug-in and program are built by the same compiler against the same headers.
struct DevicePlugin {
  int version = kDevicePluginVersion;
  // The devices that answer. Throws Error{kUnavailable} saying why none does.
  std::vector<DeviceDescription> (*devices)() = nullptr;
  // A backend on the device of that position. Throws as its constructor says.
  std::unique_ptr<Backend> (*make_backend)(int device, Precision precision) = nullptr;
};

// The one exported function of a plug-in, of C linkage. What it returns lives as long as the library.
inline constexpr const char* kDevicePluginEntry = "shortlist_device_plugin";
using DevicePluginEntry = const DevicePlugin*();

}  // namespace shortlist::tensor
