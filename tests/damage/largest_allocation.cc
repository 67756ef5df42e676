// Takes the place of the C library's allocation functions, notes the size and hands on to them. Memory is freed by the
// library's own free.
#include "damage/largest_allocation.h"

#include <atomic>
#include <cerrno>

// NOLINTBEGIN(readability-identifier-naming,bugprone-reserved-identifier): the C library's names
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* piece, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
}

namespace {

constinit std::atomic<std::size_t> largest{0};

std::size_t Noted(std::size_t size) {
  std::size_t known = largest.load(std::memory_order_relaxed);
  while (size > known && !largest.compare_exchange_weak(known, size, std::memory_order_relaxed)) {
  }
  return size;
}

}  // namespace

extern "C" {

void* malloc(std::size_t size) {
  return __libc_malloc(Noted(size));
}

void* calloc(std::size_t count, std::size_t size) {
  std::size_t bytes = 0;
  if (__builtin_mul_overflow(count, size, &bytes)) bytes = static_cast<std::size_t>(-1);
  Noted(bytes);
  return __libc_calloc(count, size);
}

void* realloc(void* piece, std::size_t size) {
  return __libc_realloc(piece, Noted(size));
}

void* memalign(std::size_t alignment, std::size_t size) {
  return __libc_memalign(alignment, Noted(size));
}

void* aligned_alloc(std::size_t alignment, std::size_t size) {
  return __libc_memalign(alignment, Noted(size));
}

int posix_memalign(void** piece, std::size_t alignment, std::size_t size) {
  *piece = __libc_memalign(alignment, Noted(size));
  return *piece == nullptr ? ENOMEM : 0;
}

}  // extern "C"
// NOLINTEND(readability-identifier-naming,bugprone-reserved-identifier)

namespace shortlist::damage {

std::size_t LargestAllocation() {
  return largest.load();
}

void ForgetAllocations() {
  largest.store(0);
}

}  // namespace shortlist::damage
