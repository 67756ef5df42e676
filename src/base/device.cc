#include "shortlist/device.h"

#include <charconv>

namespace shortlist {
namespace {

constexpr std::string_view kCudaPrefix = "cuda:";
constexpr int kMostDevices = 64;

}  // namespace

std::optional<DeviceName> ParseDeviceName(std::string_view text) {
  if (text == "auto") return DeviceName{DeviceKind::kAuto, 0};
  if (text == "cpu") return DeviceName{DeviceKind::kCpu, 0};
  if (!text.starts_with(kCudaPrefix)) return std::nullopt;
  const std::string_view number = text.substr(kCudaPrefix.size());
  int index = -1;
  const auto [end, failure] = std::from_chars(number.data(), number.data() + number.size(), index);
  const bool whole = failure == std::errc{} && end == number.data() + number.size();
  if (!whole || index < 0 || index >= kMostDevices) return std::nullopt;
  return DeviceName{DeviceKind::kCuda, index};
}

}  // namespace shortlist
