// Conditions as people write them:
//
//   price < 20 and category in ("shoes", "boots") and not brand = "Acme" and stock exists
//
// Comparisons are =, !=, <, <=, >, >=, in (...), not in (...) and exists; `not` binds before `and`, `and` before `or`,
// and parentheses group. Texts stand in double or single quotes, of which one inside is doubled; names of attributes
// stand bare if they are letters, digits, _, . and -, else in backquotes. Words may be in upper case.
#pragma once

#include <string_view>

#include "filter/condition.h"

namespace shortlist::filter {

// Throws Error{kInvalidArgument} saying at which character, counted from 1 in bytes, what was expected.
Condition ParseCondition(std::string_view text);

}  // namespace shortlist::filter
