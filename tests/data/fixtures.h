// Temporary folders, small sources and the real data sets.
#pragma once

#include <cstdint>
#include <filesystem>
#include <fstream>
#include <string>
#include <utility>
#include <vector>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "data/dataset.h"
#include "data/prepare.h"
#include "data/row_reader.h"
#include "shortlist/error.h"
#include "shortlist/settings.h"

namespace shortlist::data {

// An empty folder of the running test, removed afterwards.
class TemporaryFolder {
 public:
  const std::filesystem::path& path() const { return folder_.path(); }
  std::filesystem::path Write(const std::string& name, const std::string& text) const {
    std::ofstream(folder_ / name, std::ios::binary) << text;
    return folder_ / name;
  }
  std::vector<std::string> Lines(const std::string& name) const {
    std::vector<std::string> lines;
    std::ifstream stream(folder_ / name);
    for (std::string line; std::getline(stream, line);) lines.push_back(line);
    return lines;
  }

 private:
  ScratchDirectory folder_;
};

// All rows of a source, copied.
struct TestRows {
  std::vector<std::vector<std::string>> cells;  // [row][column]
  std::vector<std::int64_t> lines;
  std::vector<MalformedRow> malformed;
};

inline TestRows ReadAll(const SourceFile& file, const std::vector<std::string>& columns) {
  const auto reader = OpenRows(file, columns);
  TestRows rows;
  RowBatch batch;
  while (reader->Next(batch)) {
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      std::vector<std::string>& cells = rows.cells.emplace_back();
      for (const auto& column : batch.cells) cells.emplace_back(column[row]);
    }
    rows.lines.insert(rows.lines.end(), batch.lines.begin(), batch.lines.end());
    rows.malformed.insert(rows.malformed.end(), batch.malformed.begin(), batch.malformed.end());
  }
  return rows;
}

// Runs `work` and returns the error that it throws.
template <class Work>
Error ErrorOf(Work work) {
  try {
    work();
  } catch (const Error& error) {
    return error;
  }
  ADD_FAILURE() << "no error";
  return Error(Code::kUnknown, "");
}

// The folder of a real data set, or an empty path.
inline std::filesystem::path RealData(const std::string& name) {
  const std::filesystem::path folder = std::filesystem::path(SHORTLIST_DATA_DIR) / name;
  return std::filesystem::exists(folder) ? folder : std::filesystem::path();
}

inline Settings OnlineRetail(const std::filesystem::path& folder) {
  Settings settings;
  EventSource& events = settings.data.events;
  events.paths = {(folder / "transactions_*.tsv.zst").string()};
  events.columns.user = "customer_id";
  events.columns.item = "stock_code";
  events.columns.time = "invoice_date";
  events.clean_item_ids = true;
  events.rules = {{"no_customer", "customer_id", RuleOperator::kNotEmpty, {}},
                  {"cancelled", "invoice", RuleOperator::kNotStartsWith, {"C"}},
                  {"not_a_product", "stock_code", RuleOperator::kMatches, {"\\d{5}[A-Z]*"}},
                  {"quantity_not_positive", "quantity", RuleOperator::kGreater, {"0"}},
                  {"price_not_positive", "price", RuleOperator::kGreater, {"0"}}};
  events.deduplicate = Deduplication::kUserItemDay;
  CatalogSource& catalog = settings.data.catalog;
  catalog.paths = events.paths;
  catalog.item = "stock_code";
  catalog.title = "description";
  catalog.price = "price";
  catalog.clean_item_ids = true;
  catalog.rules = {{"sold", "customer_id", RuleOperator::kNotEmpty, {}}};
  settings.data.user_core = 5;
  settings.data.item_core = 5;
  settings.data.split = {SplitRule::kTime, "2011-09-17", "2011-10-15", {}, 0.1};
  FeatureSettings title{.name = "words", .column = "title", .transform = TransformKind::kWordNgrams};
  FeatureSettings price{.name = "price", .column = "price", .transform = TransformKind::kQuantile, .buckets = 16};
  settings.features.item = {title, price};
  return settings;
}

inline std::int64_t Filtered(const PrepareReport& report, const std::string& filter) {
  for (const auto& [name, rows] : report.filtered) {
    if (name == filter) return rows;
  }
  ADD_FAILURE() << "no filter " << filter;
  return -1;
}

}  // namespace shortlist::data
