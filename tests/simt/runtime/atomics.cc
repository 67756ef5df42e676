// Each operation is atomic between host threads too, because streams of several ranks may run at once.
#include "simt/device/atomics.h"

#include <algorithm>

#include "simt/runtime/memory_checker.h"

namespace {

using shortlist::simt::AtomicInteger;
using shortlist::simt::AtomicNumber;
using shortlist::simt::AtomicWord;
using shortlist::simt::CallSite;

template <class T, class Change>
T Exchange(T* address, CallSite site, Change change) {
  shortlist::simt::LinkedMemoryChecker().Atomic(address, sizeof(T), site);
  T old;
  __atomic_load(address, &old, __ATOMIC_RELAXED);
  T changed = change(old);
  while (!__atomic_compare_exchange(address, &old, &changed, false, __ATOMIC_RELAXED, __ATOMIC_RELAXED)) {
    changed = change(old);
  }
  return old;
}

}  // namespace

// Integers wrap around, as on the GPU.
template <AtomicNumber T>
T atomicAdd(T* address, std::type_identity_t<T> value, CallSite site) {
  return Exchange(address, site, [value](T old) {
    T sum;
    if constexpr (std::is_integral_v<T>) {
      __builtin_add_overflow(old, value, &sum);
    } else {
      sum = old + value;
    }
    return sum;
  });
}
template <AtomicWord T>
T atomicExch(T* address, std::type_identity_t<T> value, CallSite site) {
  return Exchange(address, site, [value](T /*old*/) { return value; });
}
template <AtomicInteger T>
T atomicMin(T* address, std::type_identity_t<T> value, CallSite site) {
  return Exchange(address, site, [value](T old) { return std::min(old, value); });
}
template <AtomicInteger T>
T atomicMax(T* address, std::type_identity_t<T> value, CallSite site) {
  return Exchange(address, site, [value](T old) { return std::max(old, value); });
}
template <AtomicInteger T>
T atomicAnd(T* address, std::type_identity_t<T> value, CallSite site) {
  return Exchange(address, site, [value](T old) { return old & value; });
}
template <AtomicInteger T>
T atomicOr(T* address, std::type_identity_t<T> value, CallSite site) {
  return Exchange(address, site, [value](T old) { return old | value; });
}
template <AtomicInteger T>
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value, CallSite site) {
  return Exchange(address, site, [=](T old) { return old == expected ? value : old; });
}

#define SIMT_INSTANTIATE(T) template T atomicAdd<T>(T*, std::type_identity_t<T>, CallSite);
SIMT_INSTANTIATE(int)
SIMT_INSTANTIATE(unsigned)
SIMT_INSTANTIATE(unsigned long long)
SIMT_INSTANTIATE(float)
SIMT_INSTANTIATE(double)
#undef SIMT_INSTANTIATE

#define SIMT_INSTANTIATE(T)                                        \
  template T atomicExch<T>(T*, std::type_identity_t<T>, CallSite); \
  template T atomicMin<T>(T*, std::type_identity_t<T>, CallSite);  \
  template T atomicMax<T>(T*, std::type_identity_t<T>, CallSite);  \
  template T atomicAnd<T>(T*, std::type_identity_t<T>, CallSite);  \
  template T atomicOr<T>(T*, std::type_identity_t<T>, CallSite);   \
  template T atomicCAS<T>(T*, std::type_identity_t<T>, std::type_identity_t<T>, CallSite);
SIMT_INSTANTIATE(int)
SIMT_INSTANTIATE(unsigned)
SIMT_INSTANTIATE(unsigned long long)
#undef SIMT_INSTANTIATE
template float atomicExch<float>(float*, float, CallSite);
