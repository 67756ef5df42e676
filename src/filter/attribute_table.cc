#include "filter/attribute_table.h"

#include <algorithm>
#include <cmath>
#include <type_traits>
#include <vector>

namespace shortlist::filter {
namespace {

constexpr std::string_view kPrice = "price";

void AddTexts(std::int32_t row, const features::Value& value, TextColumn& column) {
  for (const std::string& text : features::TextsOf(value)) {
    if (!text.empty()) column.Add(row, text);
  }
}

void AddNumbers(std::int32_t row, const features::Value& value, NumberColumn& column) {
  if (const auto* const texts = std::get_if<std::vector<std::string>>(&value)) {
    for (const std::string& text : *texts) {
      if (const auto number = features::ParseNumber(text)) column.Add(row, *number);
    }
  } else if (const auto number = features::NumberOf(value); number && std::isfinite(*number)) {
    column.Add(row, *number);
  }
}

}  // namespace

AttributeTable::AttributeTable(const FilterSettings& settings, std::int64_t rows, const RecordOf& record_of)
    : settings_(settings), rows_(rows) {
  for (const std::string& name : settings_.attributes) Add(0, name, {});
  for (std::int64_t row = 0; row < rows; ++row) {
    for (const auto& [name, value] : record_of(row)) {
      const bool wanted = settings_.attributes.empty() || columns_.contains(name);
      if (wanted) Add(static_cast<std::int32_t>(row), name, value);
    }
  }
  for (auto& [name, column] : columns_) std::visit([](auto& kind) { kind.Finish(); }, column);
}

bool AttributeTable::IsNumber(std::string_view name) const {
  return name == kPrice || std::ranges::find(settings_.numbers, name) != settings_.numbers.end();
}

void AttributeTable::Add(std::int32_t row, const std::string& name, const features::Value& value) {
  auto found = columns_.find(name);
  if (found == columns_.end()) {
    Column column = IsNumber(name) ? Column(NumberColumn(rows_)) : Column(TextColumn(rows_));
    found = columns_.emplace(name, std::move(column)).first;
  }
  if (auto* const texts = std::get_if<TextColumn>(&found->second)) {
    AddTexts(row, value, *texts);
  } else {
    AddNumbers(row, value, std::get<NumberColumn>(found->second));
  }
}

std::string AttributeTable::Names() const {
  std::string names;
  for (const auto& [name, column] : columns_) names += (names.empty() ? "" : ", ") + name;
  return names.empty() ? "none" : names;
}

const AttributeTable::Column& AttributeTable::ColumnOf(const std::string& attribute, const std::string& place) const {
  const auto found = columns_.find(attribute);
  if (found != columns_.end()) return found->second;
  Refuse(place, "there is no attribute '" + attribute + "' to filter by; there are: " + Names());
}

template <class ColumnKind>
const ColumnKind* AttributeTable::Find(const std::string& attribute) const {
  const auto found = columns_.find(attribute);
  return found == columns_.end() ? nullptr : std::get_if<ColumnKind>(&found->second);
}

template <class ColumnKind>
void AttributeTable::Require(const std::string& attribute, const std::string& place) const {
  if (std::holds_alternative<ColumnKind>(ColumnOf(attribute, place))) return;
  if (std::is_same_v<ColumnKind, TextColumn>) {
    Refuse(place, "attribute '" + attribute + "' has numbers, which are not compared with texts");
  }
  Refuse(place, "attribute '" + attribute +
                    "' has texts, which are not compared with numbers; put the value in quotes, or list the attribute "
                    "under index.filters.numbers");
}

void AttributeTable::Check(const Condition& condition) const {
  if (const auto* const group = std::get_if<Group>(&condition.kind)) {
    for (const Condition& part : group->conditions) Check(part);
  } else if (const auto* const texts = std::get_if<TextIn>(&condition.kind)) {
    Require<TextColumn>(texts->attribute, condition.place);
  } else if (const auto* const numbers = std::get_if<NumberIn>(&condition.kind)) {
    Require<NumberColumn>(numbers->attribute, condition.place);
  } else if (const auto* const range = std::get_if<NumberRange>(&condition.kind)) {
    Require<NumberColumn>(range->attribute, condition.place);
  } else {
    ColumnOf(std::get<Exists>(condition.kind).attribute, condition.place);
  }
}

base::BitSet AttributeTable::Matching(const Condition& condition) const {
  if (const auto* const group = std::get_if<Group>(&condition.kind)) return MatchingGroup(*group);
  base::BitSet rows(rows_);
  if (const auto* const texts = std::get_if<TextIn>(&condition.kind)) {
    if (const auto* const column = Find<TextColumn>(texts->attribute)) {
      for (const std::string& text : texts->values) column->AddRows(text, rows);
    }
  } else if (const auto* const numbers = std::get_if<NumberIn>(&condition.kind)) {
    if (const auto* const column = Find<NumberColumn>(numbers->attribute)) {
      for (const double number : numbers->values) column->AddRows(number, rows);
    }
  } else if (const auto* const range = std::get_if<NumberRange>(&condition.kind)) {
    if (const auto* const column = Find<NumberColumn>(range->attribute)) column->AddRows(*range, rows);
  } else {
    const auto found = columns_.find(std::get<Exists>(condition.kind).attribute);
    if (found != columns_.end()) rows = std::visit([](const auto& column) { return column.present(); }, found->second);
  }
  return rows;
}

base::BitSet AttributeTable::MatchingGroup(const Group& group) const {
  base::BitSet rows(rows_);
  if (group.joint == Joint::kAllOf) rows.Complement();
  for (const Condition& part : group.conditions) {
    if (group.joint == Joint::kAllOf) {
      rows.Intersect(Matching(part));
    } else {
      rows.Unite(Matching(part));
    }
  }
  if (group.joint == Joint::kNoneOf) rows.Complement();
  return rows;
}

}  // namespace shortlist::filter
