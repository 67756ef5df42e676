// What the interpreter asks of the memory of the device that it stands for.
#pragma once

#include <cstddef>
#include <cstdint>

namespace shortlist::simt::ptx {

enum class Access { kRead, kWrite, kReadWrite };

class Memory {
 public:
  virtual ~Memory() = default;
  // Where the bytes of global memory are, or null if they do not all lie in one allocation of the device.
  virtual std::byte* Find(std::uint64_t address, std::size_t bytes, Access access) = 0;
};

}  // namespace shortlist::simt::ptx
