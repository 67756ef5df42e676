// setp and selp, slct (PTX ISA 9.7.6).
#include <cmath>

#include "simt/ptx/instructions/typed.h"

namespace shortlist::simt::ptx {
namespace {

struct Equal {
  template <class T>
  static bool Of(T a, T b) {
    return a == b;
  }
};
// Of numbers: false if one is a NaN.
struct NotEqual {
  template <class T>
  static bool Of(T a, T b) {
    return a < b || a > b;
  }
};
struct Less {
  template <class T>
  static bool Of(T a, T b) {
    return a < b;
  }
};
struct LessOrEqual {
  template <class T>
  static bool Of(T a, T b) {
    return a <= b;
  }
};
struct Greater {
  template <class T>
  static bool Of(T a, T b) {
    return a > b;
  }
};
struct GreaterOrEqual {
  template <class T>
  static bool Of(T a, T b) {
    return a >= b;
  }
};
// equ, ltu ...: also true if one is a NaN.
template <class Compare>
struct OrUnordered {
  template <class T>
  static bool Of(T a, T b) {
    return std::isunordered(a, b) || Compare::Of(a, b);
  }
};
struct BothNumbers {
  template <class T>
  static bool Of(T a, T b) {
    return !std::isunordered(a, b);
  }
};
struct OneNan {
  template <class T>
  static bool Of(T a, T b) {
    return std::isunordered(a, b);
  }
};

template <class T, class Compare>
bool Compared(const Thread& thread, const Instruction& instruction) {
  return Compare::Of(thread.Get<T>(instruction[1]), thread.Get<T>(instruction[2]));
}
template <class T, class Compare>
void SetPredicate(Thread& thread, const Instruction& instruction) {
  thread.Set<bool>(instruction[0], Compared<T, Compare>(thread, instruction));
}
template <class T, class Compare>
void SetPredicateAnd(Thread& thread, const Instruction& instruction) {
  thread.Set<bool>(instruction[0], Compared<T, Compare>(thread, instruction) && thread.Get<bool>(instruction[3]));
}
template <class T, class Compare>
void SetPredicateOr(Thread& thread, const Instruction& instruction) {
  thread.Set<bool>(instruction[0], Compared<T, Compare>(thread, instruction) || thread.Get<bool>(instruction[3]));
}
template <class T, class Compare>
void SetPredicateXor(Thread& thread, const Instruction& instruction) {
  thread.Set<bool>(instruction[0], Compared<T, Compare>(thread, instruction) != thread.Get<bool>(instruction[3]));
}
// set: all ones (or 1.0) where the comparison holds.
template <class Result, class T, class Compare>
void SetValue(Thread& thread, const Instruction& instruction) {
  const bool holds = Compared<T, Compare>(thread, instruction);
  if constexpr (std::is_floating_point_v<Result>) return thread.Set<Result>(instruction[0], holds ? 1.0F : 0.0F);
  thread.Set<Result>(instruction[0], holds ? static_cast<Result>(-1) : Result{0});
}

template <class T>
void Select(Thread& thread, const Instruction& instruction) {
  thread.Set<T>(instruction[0], thread.Get<T>(instruction[thread.Get<bool>(instruction[3]) ? 1 : 2]));
}
// slct: by the sign of a number.
template <class T, class Sign>
void SelectBySign(Thread& thread, const Instruction& instruction) {
  thread.Set<T>(instruction[0], thread.Get<T>(instruction[thread.Get<Sign>(instruction[3]) >= 0 ? 1 : 2]));
}

template <class T, class Compare>
void AddComparison(OpcodeTable& table, const std::string& name, const std::string& type) {
  table.Add("setp." + name + "." + type, "r,r,r", SetPredicate<T, Compare>);
  table.Add("setp." + name + ".and." + type, "r,r,r,r", SetPredicateAnd<T, Compare>);
  table.Add("setp." + name + ".or." + type, "r,r,r,r", SetPredicateOr<T, Compare>);
  table.Add("setp." + name + ".xor." + type, "r,r,r,r", SetPredicateXor<T, Compare>);
  table.Add("set." + name + ".u32." + type, "r,r,r", SetValue<std::uint32_t, T, Compare>);
  table.Add("set." + name + ".s32." + type, "r,r,r", SetValue<std::int32_t, T, Compare>);
  table.Add("set." + name + ".f32." + type, "r,r,r", SetValue<float, T, Compare>);
}

template <class T>
void AddOrder(OpcodeTable& table, const std::string& type) {
  AddComparison<T, Less>(table, "lt", type);
  AddComparison<T, LessOrEqual>(table, "le", type);
  AddComparison<T, Greater>(table, "gt", type);
  AddComparison<T, GreaterOrEqual>(table, "ge", type);
}
template <class T>
void AddEquality(OpcodeTable& table, const std::string& type) {
  AddComparison<T, Equal>(table, "eq", type);
  AddComparison<T, NotEqual>(table, "ne", type);
}
template <class T>
void AddUnordered(OpcodeTable& table, const std::string& type) {
  AddComparison<T, OrUnordered<Equal>>(table, "equ", type);
  AddComparison<T, OrUnordered<NotEqual>>(table, "neu", type);
  AddComparison<T, OrUnordered<Less>>(table, "ltu", type);
  AddComparison<T, OrUnordered<LessOrEqual>>(table, "leu", type);
  AddComparison<T, OrUnordered<Greater>>(table, "gtu", type);
  AddComparison<T, OrUnordered<GreaterOrEqual>>(table, "geu", type);
  AddComparison<T, BothNumbers>(table, "num", type);
  AddComparison<T, OneNan>(table, "nan", type);
}

template <class T>
void AddSelection(OpcodeTable& table, const std::string& type) {
  table.Add("selp." + type, "r,r,r,r", Select<T>);
  table.Add("slct." + type + ".s32", "r,r,r,r", SelectBySign<T, std::int32_t>);
  table.Add("slct." + type + ".f32", "r,r,r,r", SelectBySign<T, float>);
}

template <class T>
void AddForBits(OpcodeTable& table) {
  const std::string type = "b" + std::to_string(sizeof(T) * 8);
  AddEquality<T>(table, type);
  AddSelection<T>(table, type);
}

}  // namespace

void AddComparisons(OpcodeTable& table) {
  ForTypes<std::int16_t, std::uint16_t, std::int32_t, std::uint32_t, std::int64_t, std::uint64_t, float, double>(
      [&]<class T>() {
        AddOrder<T>(table, TypeName<T>());
        AddEquality<T>(table, TypeName<T>());
        AddSelection<T>(table, TypeName<T>());
      });
  ForTypes<std::uint16_t, std::uint32_t, std::uint64_t>([&]<class T>() { AddForBits<T>(table); });
  ForTypes<float, double>([&]<class T>() { AddUnordered<T>(table, TypeName<T>()); });
}

}  // namespace shortlist::simt::ptx
