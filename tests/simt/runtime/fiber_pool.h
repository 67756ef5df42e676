// The fibers of one host thread: one for each kernel thread that has started and not ended.
#pragma once

#include <cstddef>
#include <deque>
#include <memory>
#include <vector>

#include "simt/runtime/fiber.h"

namespace shortlist::simt {

class FiberPool {
 public:
  // Fibers start at `entry`. At most `capacity` are in use at a time.
  FiberPool(void (*entry)(), int capacity);
  ~FiberPool();
  FiberPool(const FiberPool&) = delete;
  FiberPool& operator=(const FiberPool&) = delete;

  // The one that was given back last, which is the warmest.
  Fiber& Take();
  void GiveBack(Fiber& fiber) { free_.push_back(&fiber); }
  // Takes all back and drops what was running on them.
  void Abandon();

 private:
  Fiber& Add();

  void (*entry_)();
  std::size_t slot_bytes_;  // a stack and the page below it that traps an overflow
  std::size_t bytes_;
  char* memory_;
  std::deque<Fiber> fibers_;
  std::vector<Fiber*> free_;
};

}  // namespace shortlist::simt
