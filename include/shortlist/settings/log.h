// Logs on stderr.
#pragma once

#include <array>
#include <string_view>

#include "shortlist/settings/field.h"

namespace shortlist {

enum class LogFormat { kText, kJson };
template <>
struct EnumNames<LogFormat> {
  static constexpr std::array<std::string_view, 2> kNames = {"text", "json"};
};

struct LogSettings {
  LogFormat format = LogFormat::kText;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("format", format, "How logs on stderr are written: lines for people (`text`), or one JSON object a line.");
  }
};

}  // namespace shortlist
