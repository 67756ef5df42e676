// Stacks that take turns on one host thread (x86-64, System V calling convention).
#pragma once

#include <cstddef>

namespace shortlist::simt {

// A stack with what was running on it. The runner owns the stack's memory.
struct Fiber {
  void* stack_pointer = nullptr;
  const void* stack_bottom = nullptr;
  std::size_t stack_bytes = 0;
  void* sanitizer_state = nullptr;
};

// The stack that the calling host thread was started with.
Fiber FiberOfHostThread();

// Makes `fiber`, whose stack bounds are set, start at `entry` when it is switched to; `entry` first calls BeginFiber
// and never returns. What ran on it before is dropped. `stagger`, a multiple of 16 bytes, shifts the frames, because
// equal offsets in equally aligned stacks share cache sets.
void PrepareFiber(Fiber& fiber, void (*entry)(), std::size_t stagger);
void BeginFiber();

// Leaves the running fiber `from` and goes on with `to`; returns when somebody switches to `from`.
void SwitchFiber(Fiber& from, Fiber& to);

}  // namespace shortlist::simt
