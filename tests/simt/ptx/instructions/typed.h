// Building blocks of the opcode families: names of types, and instructions made of a function on values.
#pragma once

#include <bit>
#include <cstdint>
#include <string>

#include "simt/ptx/opcodes.h"
#include "simt/ptx/thread.h"

namespace shortlist::simt::ptx {

template <class T>
std::string TypeName() {
  const std::string bits = std::to_string(sizeof(T) * 8);
  if constexpr (std::is_floating_point_v<T>) return "f" + bits;
  return (std::is_signed_v<T> ? "s" : "u") + bits;
}

// Calls visit.operator()<T>() for each type.
template <class... T, class Visit>
void ForTypes(Visit visit) {
  (visit.template operator()<T>(), ...);
}

// d = Function{}(a), (a, b) or (a, b, c), all of type T.
template <class T, class Function>
void Unary(Thread& thread, const Instruction& instruction) {
  thread.Set<T>(instruction[0], Function{}(thread.Get<T>(instruction[1])));
}
template <class T, class Function>
void Binary(Thread& thread, const Instruction& instruction) {
  thread.Set<T>(instruction[0], Function{}(thread.Get<T>(instruction[1]), thread.Get<T>(instruction[2])));
}
template <class T, class Function>
void Ternary(Thread& thread, const Instruction& instruction) {
  thread.Set<T>(instruction[0], Function{}(thread.Get<T>(instruction[1]), thread.Get<T>(instruction[2]),
                                           thread.Get<T>(instruction[3])));
}

}  // namespace shortlist::simt::ptx
