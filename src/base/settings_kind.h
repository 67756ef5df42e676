// The kinds of settings fields (include/shortlist/settings/field.h), for visitors that treat each kind in its own way.
#pragma once

#include <concepts>
#include <cstddef>
#include <string_view>
#include <type_traits>
#include <vector>

#include "shortlist/settings/field.h"

namespace shortlist::base {

struct IgnoreFields {
  template <class... Arguments>
  void operator()(Arguments&&...) const {}
};

// A settings struct.
template <class T>
concept Group = requires(std::remove_const_t<T>& group, IgnoreFields& visit) {
  group.Visit(visit);
};

template <class T>
concept Enumeration = std::is_enum_v<T>;

template <class T>
concept Number = (std::integral<T> && !std::same_as<T, bool>) || std::floating_point<T>;

template <class T>
struct ListTraits : std::false_type {};
template <class T>
struct ListTraits<std::vector<T>> : std::true_type {};
template <class T>
concept List = ListTraits<T>::value;

template <Enumeration Enum>
constexpr std::string_view NameOf(Enum value) {
  return EnumNames<Enum>::kNames[static_cast<std::size_t>(value)];
}

inline bool Within(Bounds bounds, double value) {
  return value >= bounds.least && value <= bounds.most;
}

}  // namespace shortlist::base
