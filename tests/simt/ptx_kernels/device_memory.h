// The memory of the simulated devices, as the PTX interpreter asks for it.
#pragma once

#include "simt/ptx/memory.h"

namespace shortlist::simt {

// Remembers the allocations it met last: nothing may be freed while it lives.
class DeviceMemory final : public ptx::Memory {
 public:
  std::byte* Find(std::uint64_t address, std::size_t bytes, ptx::Access access) override;

 private:
  struct Range {
    std::uint64_t begin = 0;
    std::uint64_t end = 0;
    bool Holds(std::uint64_t address, std::size_t bytes) const {
      return address >= begin && address < end && bytes <= end - address;
    }
  };
  static constexpr std::size_t kRemembered = 4;

  const Range* Remembered(std::uint64_t address, std::size_t bytes) const;

  Range remembered_[kRemembered];
  std::size_t oldest_ = 0;
};

}  // namespace shortlist::simt
