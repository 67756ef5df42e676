// Which device is to compute, as the setting `device` names it.
#pragma once

#include <optional>
#include <string_view>

namespace shortlist {

enum class DeviceKind { kAuto, kCpu, kCuda };

struct DeviceName {
  DeviceKind kind = DeviceKind::kAuto;
  int index = 0;  // of kCuda, counting from 0
};

// "auto", "cpu", or "cuda:N" with N from 0 to 63; nothing for any other text.
std::optional<DeviceName> ParseDeviceName(std::string_view text);

}  // namespace shortlist
