#include "filter/number_column.h"

#include <algorithm>

namespace shortlist::filter {

void NumberColumn::Add(std::int32_t row, double number) {
  present_.Insert(row);
  entries_.push_back({number, row});
}

void NumberColumn::Finish() {
  std::ranges::sort(entries_, [](const Entry& a, const Entry& b) {
    return a.number < b.number || (a.number == b.number && a.row < b.row);
  });
  entries_.shrink_to_fit();
}

void NumberColumn::AddRows(const NumberRange& range, base::BitSet& rows) const {
  const auto begin = range.least_bound == Bound::kIncluded
                         ? std::ranges::lower_bound(entries_, range.least, {}, &Entry::number)
                         : std::ranges::upper_bound(entries_, range.least, {}, &Entry::number);
  const auto end = range.most_bound == Bound::kIncluded
                       ? std::ranges::upper_bound(entries_, range.most, {}, &Entry::number)
                       : std::ranges::lower_bound(entries_, range.most, {}, &Entry::number);
  for (auto entry = begin; entry < end; ++entry) rows.Insert(entry->row);
}

void NumberColumn::AddRows(double number, base::BitSet& rows) const {
  AddRows({.attribute = {}, .least = number, .most = number}, rows);
}

}  // namespace shortlist::filter
