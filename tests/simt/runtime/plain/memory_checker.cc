// Guard bytes around open memory are checked when it is closed. Reads and writes themselves are not seen.
#include "simt/runtime/memory_checker.h"

#include <algorithm>
#include <cstring>
#include <string>

#include "simt/runtime/garbage_memory.h"
#include "simt/runtime/machine.h"

namespace shortlist::simt {
namespace {

constexpr unsigned char kGuardValue = 0xA9;

class GuardChecker final : public MemoryChecker {
 public:
  void* Reserve(std::size_t bytes) override { return AllocateGarbage(bytes); }
  void Release(void* memory, std::size_t bytes) noexcept override { FreeGarbage(memory, bytes); }

  void Open(void* memory, std::size_t bytes) override {
    auto* data = static_cast<unsigned char*>(memory);
    std::memset(data - kGuardBytes, kGuardValue, kGuardBytes);
    std::memset(data + bytes, kGuardValue, kGuardBytes);
  }
  void Close(void* memory, std::size_t bytes) override {
    const auto* data = static_cast<const unsigned char*>(memory);
    if (!Intact(data - kGuardBytes)) Complain(bytes, "before");
    if (!Intact(data + bytes)) Complain(bytes, "behind");
  }

  void Written(void* /*memory*/, std::size_t /*bytes*/) override {}
  void Read(const void* /*memory*/, std::size_t /*bytes*/, const char* /*reader*/) override {}
  void Atomic(void* /*address*/, std::size_t /*bytes*/, CallSite /*site*/) override {}
  void BeginLaunch(const KernelLaunch& /*launch*/) override {}
  void BeginBlock(const BlockPosition& /*position*/) override {}

 private:
  static bool Intact(const unsigned char* guard) {
    return std::all_of(guard, guard + kGuardBytes, [](unsigned char value) { return value == kGuardValue; });
  }
  static void Complain(std::size_t bytes, const char* side) {
    TheMachine().reports().Add("memory", std::string("written ") + side + " a piece of " + std::to_string(bytes) +
                                             " bytes of device or shared memory");
  }
};

}  // namespace

MemoryChecker& LinkedMemoryChecker() {
  static GuardChecker checker;
  return checker;
}

}  // namespace shortlist::simt
