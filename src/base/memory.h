// How much memory is left and held.
#pragma once

#include <cstdint>
#include <filesystem>

namespace shortlist::base {

// Where the kernel tells; others in tests.
struct MemorySources {
  std::filesystem::path control_group = "/sys/fs/cgroup";  // version 2
  std::filesystem::path meminfo = "/proc/meminfo";
};

// Bytes that this process can still take before the container is killed or the machine swaps: the machine's available
// memory, or what the container's limit leaves if that is less. Memory that caches files counts as free. The largest
// number if the kernel says nothing.
std::uint64_t AvailableMemory(const MemorySources& sources = {});

// Bytes of this process that are in memory and belong to no file.
std::uint64_t OwnMemory();

// Gives memory that was freed back to the machine. Takes milliseconds; call it where nobody waits.
void ReturnFreedMemory();

}  // namespace shortlist::base
