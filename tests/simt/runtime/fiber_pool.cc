#include "simt/runtime/fiber_pool.h"

#include <sys/mman.h>
#include <system_error>

#include "simt/runtime/fiber_sanitizer.h"

namespace shortlist::simt {
namespace {

constexpr std::size_t kPage = 4096;

std::size_t Stagger(std::size_t position) {
  return position * 7 % 64 * 64;
}

}  // namespace

FiberPool::FiberPool(void (*entry)(), int capacity)
    : entry_(entry),
      slot_bytes_(kFiberStackBytes + kPage),
      bytes_(slot_bytes_ * static_cast<std::size_t>(capacity)),
      memory_(static_cast<char*>(
          mmap(nullptr, bytes_, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_NORESERVE, -1, 0))) {
  if (memory_ == MAP_FAILED) throw std::system_error(errno, std::generic_category(), "stacks of kernel threads");
}

FiberPool::~FiberPool() {
  munmap(memory_, bytes_);
}

Fiber& FiberPool::Take() {
  if (free_.empty()) return Add();
  Fiber& fiber = *free_.back();
  free_.pop_back();
  return fiber;
}

Fiber& FiberPool::Add() {
  char* slot = memory_ + fibers_.size() * slot_bytes_;
  mprotect(slot, kPage, PROT_NONE);
  Fiber& fiber = fibers_.emplace_back();
  fiber.stack_bottom = slot + kPage;
  fiber.stack_bytes = kFiberStackBytes;
  PrepareFiber(fiber, entry_, Stagger(fibers_.size()));
  return fiber;
}

void FiberPool::Abandon() {
  free_.clear();
  std::size_t position = 0;
  for (Fiber& fiber : fibers_) {
    PrepareFiber(fiber, entry_, Stagger(++position));
    free_.push_back(&fiber);
  }
}

}  // namespace shortlist::simt
