#include "simt/ptx_kernels/device_memory.h"

#include <algorithm>
#include <bit>
#include <iterator>

#include "simt/runtime/machine.h"

namespace shortlist::simt {

const DeviceMemory::Range* DeviceMemory::Remembered(std::uint64_t address, std::size_t bytes) const {
  const auto* found = std::find_if(std::begin(remembered_), std::end(remembered_),
                                   [&](const Range& range) { return range.Holds(address, bytes); });
  return found == std::end(remembered_) ? nullptr : found;
}

std::byte* DeviceMemory::Find(std::uint64_t address, std::size_t bytes, ptx::Access /*access*/) {
  auto* const memory = std::bit_cast<std::byte*>(address);
  if (Remembered(address, bytes) != nullptr) return memory;
  for (int index = 0; index < TheMachine().device_count(); ++index) {
    const auto allocation = TheMachine().device(index).AllocationAt(memory);
    const auto begin = reinterpret_cast<std::uint64_t>(allocation.data());
    const Range range{begin, begin + allocation.size()};
    if (!range.Holds(address, bytes)) continue;
    remembered_[oldest_++ % kRemembered] = range;
    return memory;
  }
  return nullptr;
}

}  // namespace shortlist::simt
