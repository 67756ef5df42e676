#include "data/catalog.h"

#include <utility>

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "data/cell_text.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

std::vector<SourceFile> Files(const CatalogSource& source, const std::filesystem::path& base) {
  return ExpandSources(source.paths, {"data.catalog", source.format, source.delimiter}, base);
}

// A .json file is one object {item: [values]}, unless a format is set.
bool IsObject(const CatalogSource& source, const SourceFile& file) {
  return source.format == SourceFormat::kAuto && file.path.ends_with(".json");
}

nlohmann::json ParseObject(const SourceFile& file) {
  auto object = nlohmann::json::parse(base::ReadFile(file.path), nullptr, false);
  if (object.is_object()) return object;
  throw Error(Code::kInvalidArgument, file.path +
                                          ": is not one JSON object {item: [values]}; for JSON lines set "
                                          "data.catalog.format to json_lines");
}

std::vector<std::string> ValuesOf(const nlohmann::json& json) {
  std::vector<std::string> values;
  for (const nlohmann::json& value : json.is_array() ? json : nlohmann::json::array({json})) {
    values.push_back(value.is_string() ? value.get<std::string>() : value.dump());
  }
  return values;
}

}  // namespace

Catalog::Catalog(const CatalogSource& source, std::size_t items)
    : source_(source),
      titles_(items),
      prices_(items),
      attributes_(source.attributes.size(), std::vector<Texts>(items)) {}

void Catalog::CheckColumns(const std::filesystem::path& base) const {
  const CatalogRowParser parser(source_);
  for (const SourceFile& file : Files(source_, base)) {
    if (!IsObject(source_, file)) {
      OpenRows(file, parser.columns());
    } else if (source_.attributes.empty()) {
      throw Error(Code::kInvalidArgument,
                  "data.catalog.attributes: name the attribute that the lists of " + file.path + " are");
    }
  }
}

void Catalog::Read(const std::filesystem::path& base, const FindItem& find, Quarantine& quarantine,
                   SourceReport& report) {
  for (const SourceFile& file : Files(source_, base)) {
    if (IsObject(source_, file)) {
      ReadObject(file, find, report);
    } else {
      ReadRows(file, find, quarantine, report);
    }
  }
}

void Catalog::ReadRows(const SourceFile& file, const FindItem& find, Quarantine& quarantine, SourceReport& report) {
  CatalogRowParser parser(source_);
  const auto rows = OpenRows(file, parser.columns());
  RowBatch batch;
  RowCells cells(parser.columns().size());
  CatalogRow parsed;
  while (rows->Next(batch)) {
    report.read += static_cast<std::int64_t>(batch.rows() + batch.malformed.size());
    for (const MalformedRow& row : batch.malformed) report.Refuse(file, row, quarantine);
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      for (std::size_t c = 0; c < cells.size(); ++c) cells[c] = batch.cells[c][row];
      const auto item = find(parser.ItemOf(cells));
      if (!item) continue;
      const RuleVerdict verdict = parser.Parse(cells, parsed);
      if (const auto* unreadable = std::get_if<UnreadableCell>(&verdict)) {
        report.Refuse(file, {batch.lines[row], unreadable->reason}, quarantine);
      } else if (verdict.index() == 0) {
        Merge(*item, parsed);
      }
    }
  }
}

void Catalog::Merge(std::size_t item, CatalogRow& row) {
  if (!row.title.empty()) titles_[item] = row.title;
  if (row.price) prices_[item] = row.price;
  for (std::size_t a = 0; a < attributes_.size(); ++a) {
    if (!row.attributes[a].empty()) attributes_[a][item] = std::move(row.attributes[a]);
  }
}

void Catalog::ReadObject(const SourceFile& file, const FindItem& find, SourceReport& report) {
  std::string storage;
  const auto object = ParseObject(file);
  for (const auto& [id, values] : object.items()) {
    ++report.read;
    const auto item = find(source_.clean_item_ids ? CleanId(id, storage) : std::string_view(id));
    if (item) attributes_.front()[*item] = ValuesOf(values);
  }
}

features::Record Catalog::RecordOf(std::size_t item) const {
  features::Record record;
  for (std::size_t a = 0; a < attributes_.size(); ++a) {
    const Texts& values = attributes_[a][item];
    if (values.size() == 1) record[source_.attributes[a]] = values.front();
    if (values.size() > 1) record[source_.attributes[a]] = values;
  }
  if (!titles_[item].empty()) record["title"] = titles_[item];
  if (prices_[item]) record["price"] = *prices_[item];
  return record;
}

std::string Catalog::AttributesJson(std::size_t item) const {
  auto json = nlohmann::ordered_json::object();
  if (prices_[item]) json["price"] = *prices_[item];
  for (std::size_t a = 0; a < attributes_.size(); ++a) {
    const Texts& values = attributes_[a][item];
    if (values.size() == 1) json[source_.attributes[a]] = values.front();
    if (values.size() > 1) json[source_.attributes[a]] = values;
  }
  return json.dump();
}

}  // namespace shortlist::data
