// An attribute with texts: for every text, the rows that have it.
#pragma once

#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

#include "base/bit_set.h"

namespace shortlist::filter {

class TextColumn {
 public:
  explicit TextColumn(std::int64_t rows) : present_(rows) {}

  // Rows come in rising order; a row may have several texts.
  void Add(std::int32_t row, std::string_view text);
  // After the last Add: texts of many rows become bits.
  void Finish();

  const base::BitSet& present() const { return present_; }
  // Adds the rows that have the text.
  void AddRows(std::string_view text, base::BitSet& rows) const;

 private:
  struct Hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>()(text); }
  };
  struct Rows {
    std::vector<std::int32_t> few;
    base::BitSet many;
  };

  base::BitSet present_;
  std::unordered_map<std::string, Rows, Hash, std::equal_to<>> rows_of_;
};

}  // namespace shortlist::filter
