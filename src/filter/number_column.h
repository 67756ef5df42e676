// An attribute with numbers, in their order.
#pragma once

#include <cstdint>
#include <vector>

#include "base/bit_set.h"
#include "filter/condition.h"

namespace shortlist::filter {

class NumberColumn {
 public:
  explicit NumberColumn(std::int64_t rows) : present_(rows) {}

  // A row may have several numbers, which are finite.
  void Add(std::int32_t row, double number);
  // After the last Add.
  void Finish();

  const base::BitSet& present() const { return present_; }
  // Adds the rows that have a number in the range.
  void AddRows(const NumberRange& range, base::BitSet& rows) const;
  void AddRows(double number, base::BitSet& rows) const;

 private:
  struct Entry {
    double number;
    std::int32_t row;
  };

  base::BitSet present_;
  std::vector<Entry> entries_;  // by number
};

}  // namespace shortlist::filter
