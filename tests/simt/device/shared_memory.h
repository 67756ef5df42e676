// Shared memory: guarded, garbage-filled places in the arena of the running block. cuda/kernel_language.h defines the
// same macros for the GPU compiler.
#pragma once

#include <cstddef>

#include "simt/device/call_site.h"

namespace shortlist::simt {

// The variable of the running block that `key`, an address of its own, stands for.
void* SharedVariable(const void* key, std::size_t bytes, std::size_t alignment);
// The dynamic shared memory that the launch asked for, aligned to 16 bytes.
void* DynamicSharedMemory();

}  // namespace shortlist::simt

// T name[count], one for the block.
#define SHORTLIST_SHARED(T, name, count)      \
  static constinit const char name##_key = 0; \
  T(&name)                                    \
  [count] = *static_cast<T(*)[count]>(::shortlist::simt::SharedVariable(&name##_key, sizeof(T) * (count), alignof(T)))

// T* name, the dynamic shared memory.
#define SHORTLIST_DYNAMIC_SHARED(T, name) T* name = static_cast<T*>(::shortlist::simt::DynamicSharedMemory())
