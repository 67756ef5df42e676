// Checks of table columns, before they are written and after they are read.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace shortlist::index {

// Throws Error{kInvalidArgument} naming the id that repeats.
void RequireDistinct(const std::vector<std::string>& ids, const std::string& what);

// All in [0, count).
bool AreRows(std::span<const std::int32_t> values, std::int64_t count);

// Starts with 0, never falls, ends with `end`.
bool AreOffsets(std::span<const std::int64_t> offsets, std::int64_t end);

}  // namespace shortlist::index
