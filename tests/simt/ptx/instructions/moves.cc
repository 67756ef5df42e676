// mov, also between a register and the parts of one (PTX ISA 9.7.9).
#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

template <class T>
void Move(Thread& thread, const Instruction& instruction) {
  thread.Set<T>(instruction[0], thread.Get<T>(instruction[1]));
}

// mov.b64 {%r1, %r2}, %rd1: the first part is the lowest.
template <class Part, int Count>
void Split(Thread& thread, const Instruction& instruction) {
  const std::uint64_t bits = thread.Bits(instruction[Count]);
  for (int i = 0; i < Count; ++i) {
    thread.Set<Part>(instruction[i], static_cast<Part>(bits >> (sizeof(Part) * 8 * static_cast<std::size_t>(i))));
  }
}
template <class Part, int Count>
void Join(Thread& thread, const Instruction& instruction) {
  std::uint64_t bits = 0;
  for (int i = 0; i < Count; ++i) {
    bits |= std::uint64_t{thread.Get<Part>(instruction[i + 1])} << (sizeof(Part) * 8 * static_cast<std::size_t>(i));
  }
  thread.Set(instruction[0], bits);
}

template <class Part, int Count>
void AddParts(OpcodeTable& table) {
  const std::string opcode = "mov.b" + std::to_string(sizeof(Part) * 8 * Count);
  const std::string parts = "{" + std::to_string(Count) + "}";
  table.Add(opcode, parts + ",r", Split<Part, Count>);
  table.Add(opcode, "r," + parts, Join<Part, Count>);
}

}  // namespace

void AddMoves(OpcodeTable& table) {
  ForTypes<std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float, double>(
      [&]<class T>() { table.Add("mov." + TypeName<T>(), "r,r", Move<T>); });
  table.Add("mov.pred", "r,r", Move<bool>);
  table.Add("mov.b16", "r,r", Move<std::uint16_t>);
  table.Add("mov.b32", "r,r", Move<std::uint32_t>);
  table.Add("mov.b64", "r,r", Move<std::uint64_t>);
  AddParts<std::uint32_t, 2>(table);
  AddParts<std::uint16_t, 2>(table);
  AddParts<std::uint16_t, 4>(table);
}

}  // namespace shortlist::simt::ptx
