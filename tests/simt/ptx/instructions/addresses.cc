#include "simt/ptx/instructions/addresses.h"

#include <cstdio>

namespace shortlist::simt::ptx {
namespace {

std::string Hexadecimal(std::uint64_t value) {
  char text[24];
  std::snprintf(text, sizeof text, "0x%llx", static_cast<unsigned long long>(value));
  return text;
}

std::byte* SharedBytes(Thread& thread, std::uint64_t address, std::size_t bytes) {
  const auto shared = thread.block().shared;
  if (address > shared.size() || bytes > shared.size() - address) {
    throw Fault(std::to_string(bytes) + " bytes at " + std::to_string(address) + " are outside of the block's " +
                std::to_string(shared.size()) + " bytes of shared memory");
  }
  return shared.data() + address;
}

std::byte* GlobalBytes(Thread& thread, std::uint64_t address, std::size_t bytes, Access access) {
  std::byte* found = thread.block().memory.Find(address, bytes, access);
  if (found == nullptr) {
    throw Fault(std::to_string(bytes) + " bytes at " + Hexadecimal(address) + " are in no allocation of the device");
  }
  return found;
}

}  // namespace

std::byte* CheckedBytes(Thread& thread, Space space, std::uint64_t address, std::size_t bytes, std::size_t alignment,
                        Access access) {
  if (address % alignment != 0) {
    throw Fault("address " + Hexadecimal(address) + " is not a multiple of " + std::to_string(alignment));
  }
  if (space == Space::kShared) return SharedBytes(thread, address, bytes);
  if (space == Space::kGeneric && address >= kSharedWindow) return SharedBytes(thread, address - kSharedWindow, bytes);
  return GlobalBytes(thread, address, bytes, access);
}

}  // namespace shortlist::simt::ptx
