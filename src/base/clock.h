// The time of day.
#pragma once

#include <chrono>
#include <cstdint>

namespace shortlist::base {

inline std::int64_t UnixSeconds() {
  const auto now = std::chrono::system_clock::now().time_since_epoch();
  return std::chrono::duration_cast<std::chrono::seconds>(now).count();
}

}  // namespace shortlist::base
