// atom and red (PTX ISA 9.7.13). Threads run one at a time, so reading and writing are not interrupted.
#include <algorithm>
#include <cstring>

#include "simt/ptx/instructions/addresses.h"
#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

struct Add {
  template <class T>
  static T Of(T old, T value) {
    if constexpr (std::is_integral_v<T>) {
      return static_cast<T>(static_cast<std::uint64_t>(old) + static_cast<std::uint64_t>(value));
    }
    return old + value;
  }
};
struct Exchange {
  template <class T>
  static T Of(T /*old*/, T value) {
    return value;
  }
};
struct Minimum {
  template <class T>
  static T Of(T old, T value) {
    return std::min(old, value);
  }
};
struct Maximum {
  template <class T>
  static T Of(T old, T value) {
    return std::max(old, value);
  }
};
struct And {
  template <class T>
  static T Of(T old, T value) {
    return old & value;
  }
};
struct Or {
  template <class T>
  static T Of(T old, T value) {
    return old | value;
  }
};
struct Xor {
  template <class T>
  static T Of(T old, T value) {
    return old ^ value;
  }
};
// Counts up to value, then starts again at 0.
struct Increment {
  static std::uint32_t Of(std::uint32_t old, std::uint32_t value) { return old >= value ? 0 : old + 1; }
};
struct Decrement {
  static std::uint32_t Of(std::uint32_t old, std::uint32_t value) { return old == 0 || old > value ? value : old - 1; }
};

// Applies `change` to the value that operand `base` points to and returns what was there before.
template <Space Place, class T, class Change>
T Update(Thread& thread, const Instruction& instruction, int base, Change change) {
  const std::uint64_t address = thread.Bits(instruction[base]) + static_cast<std::uint64_t>(instruction.offset);
  std::byte* target = CheckedBytes(thread, Place, address, sizeof(T), sizeof(T), Access::kReadWrite);
  T old;
  std::memcpy(&old, target, sizeof old);
  const T changed = change(old);
  std::memcpy(target, &changed, sizeof changed);
  return old;
}

template <Space Place, class T, class Function>
void Atomic(Thread& thread, const Instruction& instruction) {
  const T value = thread.Get<T>(instruction[2]);
  const auto change = [&](T old) { return Function::Of(old, value); };
  thread.Set<T>(instruction[0], Update<Place, T>(thread, instruction, 1, change));
}
template <Space Place, class T, class Function>
void Reduction(Thread& thread, const Instruction& instruction) {
  const T value = thread.Get<T>(instruction[1]);
  Update<Place, T>(thread, instruction, 0, [&](T old) { return Function::Of(old, value); });
}
template <Space Place, class T>
void CompareAndSwap(Thread& thread, const Instruction& instruction) {
  const T expected = thread.Get<T>(instruction[2]);
  const T value = thread.Get<T>(instruction[3]);
  const auto change = [&](T old) { return old == expected ? value : old; };
  thread.Set<T>(instruction[0], Update<Place, T>(thread, instruction, 1, change));
}

template <Space Place, class T, class Function>
void AddFunction(OpcodeTable& table, const std::string& function, const std::string& type) {
  const std::string suffix = SpaceName(Place) + "." + function + "." + type;
  table.Add("atom" + suffix, "r,[],r", Atomic<Place, T, Function>);
  table.Add("red" + suffix, "[],r", Reduction<Place, T, Function>);
}

template <Space Place, class T>
void AddForBits(OpcodeTable& table) {
  const std::string type = "b" + std::to_string(sizeof(T) * 8);
  AddFunction<Place, T, And>(table, "and", type);
  AddFunction<Place, T, Or>(table, "or", type);
  AddFunction<Place, T, Xor>(table, "xor", type);
  AddFunction<Place, T, Exchange>(table, "exch", type);
  table.Add("atom" + SpaceName(Place) + ".cas." + type, "r,[],r,r", CompareAndSwap<Place, T>);
}

template <Space Place>
void AddForSpace(OpcodeTable& table) {
  ForTypes<std::int32_t, std::uint32_t, std::int64_t, std::uint64_t>([&]<class T>() {
    AddFunction<Place, T, Add>(table, "add", TypeName<T>());
    AddFunction<Place, T, Minimum>(table, "min", TypeName<T>());
    AddFunction<Place, T, Maximum>(table, "max", TypeName<T>());
  });
  ForTypes<float, double>([&]<class T>() { AddFunction<Place, T, Add>(table, "add", TypeName<T>()); });
  ForTypes<std::uint32_t, std::uint64_t>([&]<class T>() { AddForBits<Place, T>(table); });
  AddFunction<Place, std::uint32_t, Increment>(table, "inc", "u32");
  AddFunction<Place, std::uint32_t, Decrement>(table, "dec", "u32");
}

}  // namespace

void AddAtomics(OpcodeTable& table) {
  AddForSpace<Space::kGeneric>(table);
  AddForSpace<Space::kGlobal>(table);
  AddForSpace<Space::kShared>(table);
}

}  // namespace shortlist::simt::ptx
