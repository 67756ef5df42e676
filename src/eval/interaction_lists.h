// Who bought what: the events of some parts as a sparse matrix of zeros and ones.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "eval/past_events.h"

namespace shortlist::eval {

// Ragged lists of indices: row r is values[offsets[r] .. offsets[r + 1]).
struct IndexLists {
  std::vector<std::int64_t> offsets{0};
  std::vector<std::int32_t> values;

  std::size_t rows() const { return offsets.size() - 1; }
  std::span<const std::int32_t> operator[](std::size_t row) const {
    return std::span(values).subspan(static_cast<std::size_t>(offsets[row]),
                                     static_cast<std::size_t>(offsets[row + 1] - offsets[row]));
  }
};

// offsets[r + 1] holds the count of row r before, and the end of row r after.
void CountsToOffsets(std::vector<std::int64_t>& offsets);

// [users]: the distinct items of each user, rising.
IndexLists ItemsByUser(const Parts& parts);

// Row r of the result has the rows of `lists` that hold r, rising. Values are in [0, rows).
IndexLists Transpose(const IndexLists& lists, std::int64_t rows);

}  // namespace shortlist::eval
