// Raw cells, and how text is read as numbers and times everywhere in Shortlist.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

namespace shortlist::features {

// A raw cell: missing, a number (times are Unix seconds), a text, or several texts. Empty texts count as missing.
using Value = std::variant<std::monostate, double, std::string, std::vector<std::string>>;
using Record = std::map<std::string, Value, std::less<>>;

// Without the white space at both ends.
std::string_view Trim(std::string_view text);

// A finite decimal number, with white space around it allowed; nothing otherwise.
std::optional<double> ParseNumber(std::string_view text);

// Unix seconds from ISO 8601 (2011-12-09, 2011-12-09T12:50, 2011-12-09 12:50:01.5+01:00; UTC without a zone; fractions
// are cut off), or from a number: Unix seconds, or milliseconds if it is 1e11 or more.
std::optional<std::int64_t> ParseTime(std::string_view text);

// The cell as one number or time; texts are parsed, lists and unreadable texts count as missing.
std::optional<double> NumberOf(const Value& value);
std::optional<std::int64_t> TimeOf(const Value& value);

// The cell as texts; numbers in their shortest form.
std::vector<std::string> TextsOf(const Value& value);

}  // namespace shortlist::features
