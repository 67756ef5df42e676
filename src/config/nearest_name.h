// What somebody probably meant who wrote a name that does not exist.
#pragma once

#include <cstddef>
#include <span>
#include <string>
#include <string_view>

namespace shortlist::config {

// Insertions, deletions, substitutions and swaps of neighboring letters that lead from one text to the other (optimal
// string alignment distance).
std::size_t EditDistance(std::string_view a, std::string_view b);

// "did you mean 'x'?" for the nearest of the names if one is near, else "valid are a, b, c". `names` is not empty.
std::string SuggestName(std::string_view wrong, std::span<const std::string_view> names);

}  // namespace shortlist::config
