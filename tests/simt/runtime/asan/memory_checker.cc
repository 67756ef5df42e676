// AddressSanitizer watches: memory that is not open is poisoned.
#include "simt/runtime/memory_checker.h"

#include <cstdlib>
#include <sanitizer/asan_interface.h>

#include "simt/runtime/garbage_memory.h"

namespace shortlist::simt {
namespace {

class PoisonChecker final : public MemoryChecker {
 public:
  void* Reserve(std::size_t bytes) override {
    void* memory = AllocateGarbage(bytes);
    if (memory != nullptr) ASAN_POISON_MEMORY_REGION(memory, bytes);
    return memory;
  }
  void Release(void* memory, std::size_t bytes) noexcept override {
    ASAN_UNPOISON_MEMORY_REGION(memory, bytes);
    FreeGarbage(memory, bytes);
  }

  void Open(void* memory, std::size_t bytes) override { ASAN_UNPOISON_MEMORY_REGION(memory, bytes); }
  void Close(void* memory, std::size_t bytes) override { ASAN_POISON_MEMORY_REGION(memory, bytes); }

  void Written(void* /*memory*/, std::size_t /*bytes*/) override {}
  void Read(const void* /*memory*/, std::size_t /*bytes*/, const char* /*reader*/) override {}
  void Atomic(void* /*address*/, std::size_t /*bytes*/, CallSite /*site*/) override {}
  void BeginLaunch(const KernelLaunch& /*launch*/) override {}
  void BeginBlock(const BlockPosition& /*position*/) override {}
};

}  // namespace

MemoryChecker& LinkedMemoryChecker() {
  static PoisonChecker checker;
  return checker;
}

}  // namespace shortlist::simt
