// What is known of each item of a dataset beside its events.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "data/catalog_row.h"
#include "data/source_report.h"
#include "features/value.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

class Catalog {
 public:
  // Place of an item in the dataset; nothing for items that are not in it, whose rows are skipped.
  using FindItem = std::function<std::optional<std::size_t>(std::string_view id)>;

  // Throws Error{kInvalidArgument} for rules that do not compile.
  Catalog(const CatalogSource& source, std::size_t items);

  // Opens every file and throws Error{kInvalidArgument} for a missing column.
  void CheckColumns(const std::filesystem::path& base) const;
  // Reads the configured files. Malformed rows go to the quarantine.
  void Read(const std::filesystem::path& base, const FindItem& find, Quarantine& quarantine, SourceReport& report);

  std::string_view Title(std::size_t item) const { return titles_[item]; }
  // Columns as features name them: title, price, and each attribute.
  features::Record RecordOf(std::size_t item) const;
  // {"price": 1.5, "category": "a", "tags": ["b", "c"]}
  std::string AttributesJson(std::size_t item) const;

 private:
  using Texts = std::vector<std::string>;

  void ReadRows(const SourceFile& file, const FindItem& find, Quarantine& quarantine, SourceReport& report);
  void Merge(std::size_t item, CatalogRow& row);
  void ReadObject(const SourceFile& file, const FindItem& find, SourceReport& report);

  const CatalogSource& source_;
  std::vector<std::string> titles_;
  std::vector<std::optional<double>> prices_;
  std::vector<std::vector<Texts>> attributes_;  // [attribute][item]
};

}  // namespace shortlist::data
