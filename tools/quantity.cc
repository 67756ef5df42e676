#include "quantity.h"

#include <array>
#include <charconv>
#include <string_view>
#include <system_error>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

constexpr std::array<std::pair<char, double>, 4> kPrefixes = {{{'k', 1e3}, {'M', 1e6}, {'G', 1e9}, {'T', 1e12}}};
constexpr std::array<std::string_view, 4> kUnits = {"", "B", "B/s", "FLOP/s"};

}  // namespace

double ParseQuantity(const std::string& text) {
  double value = 0;
  const auto [stop, problem] = std::from_chars(text.data(), text.data() + text.size(), value);
  std::string_view rest(stop, static_cast<std::size_t>(text.data() + text.size() - stop));
  for (const auto& [prefix, factor] : kPrefixes) {
    if (rest.empty() || rest.front() != prefix) continue;
    rest.remove_prefix(1);
    value *= factor;
    break;
  }
  for (const std::string_view unit : kUnits) {
    if (problem == std::errc() && value > 0 && rest == unit) return value;
  }
  throw Error(Code::kInvalidArgument, "'" + text + "' is not a quantity; write for example 80GB, 450GB/s or 100M");
}

}  // namespace shortlist::tools
