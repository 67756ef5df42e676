#include "simt/runtime/garbage_memory.h"

#include <algorithm>
#include <cstdlib>
#include <cstring>
#include <sys/mman.h>
#include <unistd.h>
#include <vector>

namespace shortlist::simt {
namespace {

constexpr std::size_t kAlignment = 256;
constexpr std::size_t kPatternBytes = std::size_t{1} << 20;

std::size_t RoundUp(std::size_t bytes, std::size_t step) {
  return (bytes + step - 1) / step * step;
}

// A file of garbage that large pieces are mapped from, so that only what is written is copied; -1 if there is none.
int PatternFile() {
  static const int kFile = [] {
    const int file = memfd_create("garbage", MFD_CLOEXEC);
    const std::vector<unsigned char> pattern(kPatternBytes, kGarbage);
    const bool written = file >= 0 && write(file, pattern.data(), pattern.size()) == ssize_t{kPatternBytes};
    return written ? file : -1;
  }();
  return kFile;
}

bool IsLarge(std::size_t bytes) {
  return bytes >= kPatternBytes && PatternFile() >= 0;
}

void* MapPattern(std::size_t bytes) {
  const std::size_t mapped = RoundUp(bytes, kPatternBytes);
  void* memory = mmap(nullptr, mapped, PROT_NONE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0);
  if (memory == MAP_FAILED) return nullptr;
  for (std::size_t offset = 0; offset < mapped; offset += kPatternBytes) {
    const void* piece = mmap(static_cast<char*>(memory) + offset, kPatternBytes, PROT_READ | PROT_WRITE,
                             MAP_PRIVATE | MAP_FIXED | MAP_NORESERVE, PatternFile(), 0);
    if (piece == MAP_FAILED) {
      munmap(memory, mapped);
      return nullptr;
    }
  }
  return memory;
}

}  // namespace

void* AllocateGarbage(std::size_t bytes) {
  if (IsLarge(bytes)) return MapPattern(bytes);
  void* memory = nullptr;
  if (posix_memalign(&memory, kAlignment, std::max(bytes, std::size_t{1})) != 0) return nullptr;
  return std::memset(memory, kGarbage, bytes);
}

void FreeGarbage(void* memory, std::size_t bytes) noexcept {
  if (IsLarge(bytes)) {
    munmap(memory, RoundUp(bytes, kPatternBytes));
  } else {
    // Whoever still reads it reads garbage, for a while.
    std::memset(memory, kGarbage, bytes);
    std::free(memory);
  }
}

}  // namespace shortlist::simt
