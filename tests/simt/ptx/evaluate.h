// Runs hand-written PTX in tests.
#pragma once

#include <cstdint>
#include <map>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include "simt/ptx/thread.h"

namespace shortlist::simt::ptx {

// Global memory made of arrays of the test.
class ArrayMemory : public Memory {
 public:
  template <class T>
  std::uint64_t Add(std::vector<T>& values) {
    return AddBytes(std::as_writable_bytes(std::span(values)));
  }
  std::byte* Find(std::uint64_t address, std::size_t bytes, Access access) override;

 private:
  std::uint64_t AddBytes(std::span<std::byte> array);

  std::map<std::uint64_t, std::size_t> arrays_;
};

// The one kernel in the text.
Kernel DecodeOnly(const std::string& text);

// Adds a parameter at its place.
void AppendParameter(std::vector<std::byte>& parameters, std::uint64_t bits, std::size_t bytes);

// See RunBody.
std::uint64_t RunBodyAt(const std::string& body, std::uint32_t threads, std::uint64_t in, std::uint64_t out,
                        ArrayMemory& memory, std::size_t dynamic_shared_bytes);

// Runs `body` in one block of `threads` threads. It finds the addresses of `in` and `out` in %in and %out, its own
// number in %tid.x, and may use %a0.. and %d (b32), %q0.. (b64), %h0.. (b16) and %p0.. (predicates). Returns the number
// of executed instructions.
template <class In, class Out>
std::uint64_t RunBody(const std::string& body, std::uint32_t threads, std::vector<In>& in, std::vector<Out>& out,
                      std::size_t dynamic_shared_bytes = 0) {
  ArrayMemory memory;
  const std::uint64_t in_address = memory.Add(in);
  const std::uint64_t out_address = memory.Add(out);
  return RunBodyAt(body, threads, in_address, out_address, memory, dynamic_shared_bytes);
}

// A value in a register of some width; a bool stands for a predicate.
struct TypedBits {
  template <class T>
  TypedBits(T value) : bits(ToBits(value)), bytes(sizeof value), is_predicate(std::is_same_v<T, bool>) {}  // NOLINT

  std::uint64_t bits;
  std::size_t bytes;
  bool is_predicate;
};

// The bits that one instruction gives from registers with these values; `result` says of what type.
std::uint64_t EvaluateBits(const std::string& opcode, TypedBits result, const std::vector<TypedBits>& arguments);

// The result of one instruction: Evaluate<int>("add.s32", 3, 4) is 7.
template <class Result, class... Arguments>
Result Evaluate(const std::string& opcode, Arguments... arguments) {
  return FromBits<Result>(EvaluateBits(opcode, Result{}, {TypedBits(arguments)...}));
}

}  // namespace shortlist::simt::ptx
