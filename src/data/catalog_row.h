// One row of a catalog.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "data/columns.h"
#include "data/row_rules.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

// Empty and missing members say nothing about the item.
struct CatalogRow {
  std::string_view title;
  std::optional<double> price;
  std::vector<std::vector<std::string>> attributes;  // in the order of the settings
};

// Cells to rows. Immutable after construction, but for the storage of the cleaned id.
class CatalogRowParser {
 public:
  // Throws Error{kInvalidArgument} for rules that do not compile.
  explicit CatalogRowParser(const CatalogSource& source);

  const std::vector<std::string>& columns() const { return columns_.names(); }

  // The item's id, cleaned if that is asked for; empty without one. Lives until the next call.
  std::string_view ItemOf(RowCells& cells);
  // After ItemOf. std::monostate fills `row`, whose views live as long as the cells.
  RuleVerdict Parse(const RowCells& cells, CatalogRow& row) const;

 private:
  std::string ReadPrice(const RowCells& cells, CatalogRow& row) const;
  std::string ReadTexts(const RowCells& cells, CatalogRow& row) const;

  bool clean_item_ids_;
  std::string price_name_;
  Columns columns_;
  std::size_t item_;
  std::optional<std::size_t> title_;
  std::optional<std::size_t> price_;
  std::vector<std::size_t> attributes_;
  RowRules rules_;
  std::string cleaned_;
};

// Parts between `|`, trimmed, without empty ones.
std::vector<std::string> SplitValues(std::string_view cell);

}  // namespace shortlist::data
