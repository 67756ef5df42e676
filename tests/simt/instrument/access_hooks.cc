// The functions that code compiled with -fsanitize=thread calls at each load and store. Programs that contain such code
// are linked with these instead of the ThreadSanitizer library, which knows nothing of GPU threads.
#include "simt/instrument/access_observer.h"

using shortlist::simt::AccessKind;
using shortlist::simt::ObserveAccess;

// NOLINTBEGIN(bugprone-reserved-identifier, readability-identifier-naming): the compiler's names
#define SIMT_ACCESS(name, bytes, alignment, kind)                                         \
  void __tsan_##name##bytes(void* data) {                                                 \
    ObserveAccess(data, bytes, alignment, AccessKind::kind, __builtin_return_address(0)); \
  }
#define SIMT_ACCESSES(bytes)                            \
  SIMT_ACCESS(read, bytes, bytes, kRead)                \
  SIMT_ACCESS(write, bytes, bytes, kWrite)              \
  SIMT_ACCESS(volatile_read, bytes, bytes, kRead)       \
  SIMT_ACCESS(volatile_write, bytes, bytes, kWrite)     \
  SIMT_ACCESS(unaligned_read, bytes, 1, kRead)          \
  SIMT_ACCESS(unaligned_write, bytes, 1, kWrite)        \
  SIMT_ACCESS(unaligned_volatile_read, bytes, 1, kRead) \
  SIMT_ACCESS(unaligned_volatile_write, bytes, 1, kWrite)

// Atomic operations of host code in the same file, such as reference counts: done, and not observed.
#define SIMT_ATOMICS(bits, T)                                                                             \
  T __tsan_atomic##bits##_load(const volatile T* data, int) {                                             \
    return __atomic_load_n(data, __ATOMIC_SEQ_CST);                                                       \
  }                                                                                                       \
  void __tsan_atomic##bits##_store(volatile T* data, T value, int) {                                      \
    __atomic_store_n(data, value, __ATOMIC_SEQ_CST);                                                      \
  }                                                                                                       \
  T __tsan_atomic##bits##_exchange(volatile T* data, T value, int) {                                      \
    return __atomic_exchange_n(data, value, __ATOMIC_SEQ_CST);                                            \
  }                                                                                                       \
  T __tsan_atomic##bits##_fetch_add(volatile T* data, T value, int) {                                     \
    return __atomic_fetch_add(data, value, __ATOMIC_SEQ_CST);                                             \
  }                                                                                                       \
  T __tsan_atomic##bits##_fetch_sub(volatile T* data, T value, int) {                                     \
    return __atomic_fetch_sub(data, value, __ATOMIC_SEQ_CST);                                             \
  }                                                                                                       \
  int __tsan_atomic##bits##_compare_exchange_strong(volatile T* data, T* expected, T value, int, int) {   \
    return __atomic_compare_exchange_n(data, expected, value, false, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST); \
  }                                                                                                       \
  int __tsan_atomic##bits##_compare_exchange_weak(volatile T* data, T* expected, T value, int, int) {     \
    return __atomic_compare_exchange_n(data, expected, value, true, __ATOMIC_SEQ_CST, __ATOMIC_SEQ_CST);  \
  }

extern "C" {
SIMT_ACCESSES(1)
SIMT_ACCESSES(2)
SIMT_ACCESSES(4)
SIMT_ACCESSES(8)
SIMT_ACCESSES(16)

// Objects of other sizes, or that lie less aligned than their size.
void __tsan_read_range(void* data, std::size_t bytes) {
  ObserveAccess(data, bytes, 1, AccessKind::kRead, __builtin_return_address(0));
}
void __tsan_write_range(void* data, std::size_t bytes) {
  ObserveAccess(data, bytes, 1, AccessKind::kWrite, __builtin_return_address(0));
}

SIMT_ATOMICS(8, char)
SIMT_ATOMICS(32, int)
SIMT_ATOMICS(64, long)

void __tsan_init() {}
void __tsan_func_entry(void*) {}
void __tsan_func_exit() {}
void __tsan_vptr_update(void**, void*) {}
void __tsan_vptr_read(void**) {}
}
// NOLINTEND(bugprone-reserved-identifier, readability-identifier-naming)
