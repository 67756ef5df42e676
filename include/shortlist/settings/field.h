// How settings describe themselves. Every settings struct has a member template
//
//   template <class Visitor> void Visit(Visitor& visit) {
//     visit("batch_size", batch_size, "Examples per step.", Bounds{1, 1 << 20});
//     ...
//   }
//
// from which the YAML reader, the checks, the JSON Schema and docs/config.md are all derived: a field's name, meaning,
// default and bounds are written in one place.
//
// Field types: bool, std::int64_t, double, std::string, an enum with EnumNames, a settings struct, and std::vector of
// these.
#pragma once

#include <array>
#include <limits>
#include <string_view>

namespace shortlist {

// Inclusive bounds of a number, or of each number in a list.
struct Bounds {
  double least = std::numeric_limits<double>::lowest();
  double most = std::numeric_limits<double>::max();
};

// Specialized for every enum that appears in settings: `static constexpr std::array kNames = {...}` of string_view, in
// the order of the enumerators, which count from zero.
template <class Enum>
struct EnumNames;

}  // namespace shortlist
