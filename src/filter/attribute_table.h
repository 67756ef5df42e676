// The attributes of items as columns that answer conditions.
#pragma once

#include <cstdint>
#include <functional>
#include <map>
#include <string>
#include <string_view>
#include <variant>

#include "base/bit_set.h"
#include "features/value.h"
#include "filter/condition.h"
#include "filter/number_column.h"
#include "filter/text_column.h"
#include "shortlist/settings/filters.h"

namespace shortlist::filter {

// Immutable; thread-safe.
class AttributeTable {
 public:
  using RecordOf = std::function<features::Record(std::int64_t row)>;

  // `record_of` gives the attributes of each row in turn. `price` and settings.numbers are numbers, all others texts.
  AttributeTable(const FilterSettings& settings, std::int64_t rows, const RecordOf& record_of);

  // Throws Error{kInvalidArgument} with its place for a condition on an attribute that the table does not have, or of
  // the other type.
  void Check(const Condition& condition) const;

  // The rows for which a condition holds, whose unknown attributes count as missing.
  base::BitSet Matching(const Condition& condition) const;

  std::int64_t rows() const { return rows_; }

 private:
  using Column = std::variant<TextColumn, NumberColumn>;

  void Add(std::int32_t row, const std::string& name, const features::Value& value);
  bool IsNumber(std::string_view name) const;
  const Column& ColumnOf(const std::string& attribute, const std::string& place) const;
  template <class ColumnKind>
  const ColumnKind* Find(const std::string& attribute) const;
  template <class ColumnKind>
  void Require(const std::string& attribute, const std::string& place) const;
  std::string Names() const;

  base::BitSet MatchingGroup(const Group& group) const;

  FilterSettings settings_;
  std::int64_t rows_;
  std::map<std::string, Column, std::less<>> columns_;
};

}  // namespace shortlist::filter
