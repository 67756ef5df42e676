// Text in aligned columns.
#pragma once

#include <string>
#include <vector>

namespace shortlist::eval {

// Rows of cells, the first row being the head. The first column is aligned to the left, the others to the right;
// columns stand two spaces apart and lines end with a line break. Rows may be shorter than the head.
std::string FormatColumns(const std::vector<std::vector<std::string>>& rows);

}  // namespace shortlist::eval
