#include "data/catalog_row.h"

#include "data/cell_text.h"
#include "features/value.h"

namespace shortlist::data {
namespace {

std::optional<std::size_t> PlaceIfNamed(const std::string& name, Columns& columns) {
  return name.empty() ? std::nullopt : std::optional(columns.Place(name));
}

std::vector<std::size_t> Places(const std::vector<std::string>& names, Columns& columns) {
  std::vector<std::size_t> places;
  for (const std::string& name : names) places.push_back(columns.Place(name));
  return places;
}

}  // namespace

std::vector<std::string> SplitValues(std::string_view cell) {
  std::vector<std::string> values;
  while (!cell.empty()) {
    const std::size_t end = cell.find('|');
    const std::string_view value = features::Trim(cell.substr(0, end));
    if (!value.empty()) values.emplace_back(value);
    cell = end == std::string_view::npos ? std::string_view() : cell.substr(end + 1);
  }
  return values;
}

CatalogRowParser::CatalogRowParser(const CatalogSource& source)
    : clean_item_ids_(source.clean_item_ids),
      price_name_(source.price),
      item_(columns_.Place(source.item)),
      title_(PlaceIfNamed(source.title, columns_)),
      price_(PlaceIfNamed(source.price, columns_)),
      attributes_(Places(source.attributes, columns_)),
      rules_(source.rules, "data.catalog", columns_) {}

std::string_view CatalogRowParser::ItemOf(RowCells& cells) {
  if (clean_item_ids_) cells[item_] = CleanId(cells[item_], cleaned_);
  return cells[item_];
}

RuleVerdict CatalogRowParser::Parse(const RowCells& cells, CatalogRow& row) const {
  if (RuleVerdict verdict = rules_.Judge(cells); verdict.index() != 0) return verdict;
  std::string reason = ReadPrice(cells, row);
  if (reason.empty()) reason = ReadTexts(cells, row);
  if (!reason.empty()) return UnreadableCell{std::move(reason)};
  return {};
}

std::string CatalogRowParser::ReadPrice(const RowCells& cells, CatalogRow& row) const {
  row.price.reset();
  if (!price_ || features::Trim(cells[*price_]).empty()) return {};
  const auto price = features::ParseNumber(cells[*price_]);
  if (!price) return price_name_ + " '" + Excerpt(cells[*price_]) + "' is not a number";
  if (*price > 0) row.price = price;
  return {};
}

std::string CatalogRowParser::ReadTexts(const RowCells& cells, CatalogRow& row) const {
  row.title = title_ ? features::Trim(cells[*title_]) : std::string_view();
  if (!IsUtf8(row.title)) return "the title is not UTF-8";
  row.attributes.clear();
  for (const std::size_t place : attributes_) {
    if (!IsUtf8(cells[place])) return columns_.names()[place] + " is not UTF-8";
    row.attributes.push_back(SplitValues(cells[place]));
  }
  return {};
}

}  // namespace shortlist::data
