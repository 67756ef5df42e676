#include "simt/runtime/fiber.h"

#include <pthread.h>

#include "simt/runtime/fiber_sanitizer.h"

// Saves the registers that a callee preserves on the stack, and restores those of the other stack.
extern "C" void ShortlistSwitchStack(void** save, void* resume);
asm(R"(
.text
.globl ShortlistSwitchStack
.type ShortlistSwitchStack, @function
ShortlistSwitchStack:
  pushq %rbp
  pushq %rbx
  pushq %r12
  pushq %r13
  pushq %r14
  pushq %r15
  movq %rsp, (%rdi)
  movq %rsi, %rsp
  popq %r15
  popq %r14
  popq %r13
  popq %r12
  popq %rbx
  popq %rbp
  ret
.size ShortlistSwitchStack, .-ShortlistSwitchStack
)");

namespace shortlist::simt {
namespace {

constexpr int kSavedRegisters = 6;

}  // namespace

Fiber FiberOfHostThread() {
  Fiber fiber;
  pthread_attr_t attributes;
  pthread_getattr_np(pthread_self(), &attributes);
  void* bottom = nullptr;
  pthread_attr_getstack(&attributes, &bottom, &fiber.stack_bytes);
  pthread_attr_destroy(&attributes);
  fiber.stack_bottom = bottom;
  return fiber;
}

void PrepareFiber(Fiber& fiber, void (*entry)(), std::size_t stagger) {
  char* end = static_cast<char*>(const_cast<void*>(fiber.stack_bottom)) + fiber.stack_bytes - stagger;
  auto** top = reinterpret_cast<void**>(end);
  *--top = nullptr;  // where a caller's address would be: keeps the alignment of a called function
  *--top = reinterpret_cast<void*>(entry);
  for (int i = 0; i < kSavedRegisters; ++i) *--top = nullptr;
  fiber.stack_pointer = top;
  fiber.sanitizer_state = nullptr;
}

void BeginFiber() {
  EndSwitch(nullptr);
}

void SwitchFiber(Fiber& from, Fiber& to) {
  BeginSwitch(&from.sanitizer_state, to.stack_bottom, to.stack_bytes);
  ShortlistSwitchStack(&from.stack_pointer, to.stack_pointer);
  EndSwitch(from.sanitizer_state);
}

}  // namespace shortlist::simt
