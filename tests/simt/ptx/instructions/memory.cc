// ld and st of parameters, global, shared and generic memory, one value or a vector (PTX ISA 9.7.9). A vector is one
// access: aligned as a whole.
#include <cstring>

#include "simt/ptx/instructions/addresses.h"
#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

std::uint64_t Address(const Thread& thread, const Instruction& instruction, int base) {
  return thread.Bits(instruction[base]) + static_cast<std::uint64_t>(instruction.offset);
}

template <Space From, class T, int Count>
void Load(Thread& thread, const Instruction& instruction) {
  constexpr std::size_t kBytes = sizeof(T) * Count;
  const std::byte* source =
      CheckedBytes(thread, From, Address(thread, instruction, Count), kBytes, kBytes, Access::kRead);
  T values[Count];
  std::memcpy(values, source, kBytes);
  for (int i = 0; i < Count; ++i) thread.Set<T>(instruction[i], values[i]);
}

template <Space To, class T, int Count>
void Store(Thread& thread, const Instruction& instruction) {
  constexpr std::size_t kBytes = sizeof(T) * Count;
  T values[Count];
  for (int i = 0; i < Count; ++i) values[i] = thread.Get<T>(instruction[i + 1]);
  std::memcpy(CheckedBytes(thread, To, Address(thread, instruction, 0), kBytes, kBytes, Access::kWrite), values,
              kBytes);
}

template <class T, int Count>
void LoadParameter(Thread& thread, const Instruction& instruction) {
  const auto parameters = thread.block().parameters;
  const std::uint64_t address = Address(thread, instruction, Count);
  if (address > parameters.size() || sizeof(T) * Count > parameters.size() - address) {
    throw Fault("parameter bytes from " + std::to_string(address) + " of " + std::to_string(parameters.size()));
  }
  T values[Count];
  std::memcpy(values, parameters.data() + address, sizeof values);
  for (int i = 0; i < Count; ++i) thread.Set<T>(instruction[i], values[i]);
}

template <Space Place, class T, int Count>
void AddAccess(OpcodeTable& table, const std::string& suffix, const std::string& shape) {
  table.Add("ld" + SpaceName(Place) + suffix, shape + ",[]", Load<Place, T, Count>);
  table.Add("st" + SpaceName(Place) + suffix, "[]," + shape, Store<Place, T, Count>);
}

template <class T, int Count>
void AddAccesses(OpcodeTable& table, const std::string& type) {
  const std::string suffix = (Count > 1 ? ".v" + std::to_string(Count) : "") + "." + type;
  const std::string shape = Count > 1 ? "{" + std::to_string(Count) + "}" : "r";
  AddAccess<Space::kGeneric, T, Count>(table, suffix, shape);
  AddAccess<Space::kGlobal, T, Count>(table, suffix, shape);
  AddAccess<Space::kShared, T, Count>(table, suffix, shape);
  table.Add("ld.param" + suffix, shape + ",[]", LoadParameter<T, Count>);
}

template <class T>
void AddCounts(OpcodeTable& table, const std::string& type) {
  AddAccesses<T, 1>(table, type);
  AddAccesses<T, 2>(table, type);
  if constexpr (sizeof(T) <= 4) AddAccesses<T, 4>(table, type);
}

}  // namespace

void AddMemory(OpcodeTable& table) {
  ForTypes<std::int8_t, std::uint8_t, std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t,
           std::uint64_t, float, double>([&]<class T>() { AddCounts<T>(table, TypeName<T>()); });
  ForTypes<std::uint8_t, std::uint16_t, std::uint32_t, std::uint64_t>(
      [&]<class T>() { AddCounts<T>(table, "b" + std::to_string(sizeof(T) * 8)); });
}

}  // namespace shortlist::simt::ptx
