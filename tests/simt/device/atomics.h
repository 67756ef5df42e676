// Atomic operations on the types that the GPU offers them for. Each returns the old value.
#pragma once

#include <concepts>
#include <type_traits>

#include "simt/device/call_site.h"

namespace shortlist::simt {

template <class T>
concept AtomicInteger = std::same_as<T, int> || std::same_as<T, unsigned> || std::same_as<T, unsigned long long>;
template <class T>
concept AtomicNumber = AtomicInteger<T> || std::same_as<T, float> || std::same_as<T, double>;
template <class T>
concept AtomicWord = AtomicInteger<T> || std::same_as<T, float>;

}  // namespace shortlist::simt

// Defined in simt/runtime/atomics.cc.
template <shortlist::simt::AtomicNumber T>
T atomicAdd(T* address, std::type_identity_t<T> value,
            shortlist::simt::CallSite site = shortlist::simt::CallSite::Here());
template <shortlist::simt::AtomicWord T>
T atomicExch(T* address, std::type_identity_t<T> value,
             shortlist::simt::CallSite site = shortlist::simt::CallSite::Here());
template <shortlist::simt::AtomicInteger T>
T atomicMin(T* address, std::type_identity_t<T> value,
            shortlist::simt::CallSite site = shortlist::simt::CallSite::Here());
template <shortlist::simt::AtomicInteger T>
T atomicMax(T* address, std::type_identity_t<T> value,
            shortlist::simt::CallSite site = shortlist::simt::CallSite::Here());
template <shortlist::simt::AtomicInteger T>
T atomicAnd(T* address, std::type_identity_t<T> value,
            shortlist::simt::CallSite site = shortlist::simt::CallSite::Here());
template <shortlist::simt::AtomicInteger T>
T atomicOr(T* address, std::type_identity_t<T> value,
           shortlist::simt::CallSite site = shortlist::simt::CallSite::Here());
template <shortlist::simt::AtomicInteger T>
T atomicCAS(T* address, std::type_identity_t<T> expected, std::type_identity_t<T> value,
            shortlist::simt::CallSite site = shortlist::simt::CallSite::Here());
