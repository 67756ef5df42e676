#include "data/parsed_files.h"

#include <cstdint>
#include <set>
#include <utility>

#include <arrow/io/interfaces.h>

#include "base/digest.h"
#include "base/file.h"
#include "base/log.h"
#include "base/settings_json.h"
#include "data/arrow_result.h"
#include "data/event_parser.h"
#include "data/input_stream.h"
#include "data/row_reader.h"

namespace shortlist::data {
namespace {

namespace fs = std::filesystem;

constexpr const char* kEnding = ".parsed";
constexpr std::int64_t kBuffer = 1 << 20;

std::string DigestOfContents(const SourceFile& file) {
  const Input input = OpenInput(file);
  std::vector<char> block(static_cast<std::size_t>(kBuffer));
  base::Digest digest;
  while (const std::int64_t size = ArrowValue(input.file->Read(kBuffer, block.data()), file.path)) {
    digest.Update(block.data(), static_cast<std::size_t>(size));
  }
  return digest.Finish();
}

// Of the settings, all that a row's parsed form depends on.
std::string DescribeParsing(EventSource source, const EventSchema& schema) {
  source.paths.clear();
  source.deduplicate = Deduplication::kNone;
  DataSettings data;
  data.events = std::move(source);
  std::string text = "version " + std::to_string(kParsedFileVersion) + "\n" + base::SettingsToJson(data) + "\n";
  for (const CarriedColumn& column : schema.carried) {
    text += std::to_string(static_cast<int>(column.role)) + " " + std::to_string(static_cast<int>(column.kind)) + " " +
            column.name + "\n";
  }
  return text;
}

// The ending also says how a file is compressed.
std::string DescribeFormat(const SourceFile& file) {
  return std::to_string(static_cast<int>(file.format)) + " " + file.delimiter + " " +
         fs::path(file.path).extension().string() + "\n";
}

EventSchema WithoutTexts(const EventSchema& schema) {
  EventSchema empty;
  empty.has_event_ids = schema.has_event_ids;
  for (const CarriedColumn& column : schema.carried) {
    empty.carried.emplace_back(CarriedColumn{column.role, column.name, column.kind, {}}).texts.Intern("");
  }
  return empty;
}

void ParseRow(const RowBatch& batch, std::size_t row, EventParser& parser, RowCells& cells, ParsedEvent& event,
              ParsedFileWriter& writer) {
  const auto read = [&] {
    for (std::size_t c = 0; c < cells.size(); ++c) cells[c] = batch.cells[c][row];
  };
  read();
  const RuleVerdict verdict = parser.Parse(cells, event);
  if (const auto* failed = std::get_if<FailedRule>(&verdict)) {
    writer.Drop(*failed);
  } else if (std::holds_alternative<UnreadableCell>(verdict)) {
    read();
    writer.Refuse(batch.lines[row], cells);
  } else {
    writer.Add(event);
  }
}

}  // namespace

ParsedFiles::ParsedFiles(const fs::path& folder, const EventSource& source, const EventSchema& schema,
                         const std::vector<SourceFile>& files)
    : folder_(folder), source_(source), schema_(WithoutTexts(schema)) {
  const std::string parsing = DescribeParsing(source, schema);
  for (const SourceFile& file : files) {
    const std::string contents = DigestOfContents(file);
    std::string follows_from = parsing;
    follows_from += DescribeFormat(file);
    follows_from += contents;
    const std::string name = base::Sha256(follows_from);
    names_[file.path] = {contents, folder_.path() / (name + kEnding)};
  }
  RemoveOthers();
}

void ParsedFiles::RemoveOthers() const {
  std::set<fs::path> wanted;
  for (const auto& [file, named] : names_) wanted.insert(named.path);
  std::vector<fs::path> others;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder_.path())) {
    if (entry.path().extension() == kEnding && !wanted.contains(entry.path())) others.push_back(entry.path());
  }
  for (const fs::path& other : others) base::RemoveFile(other);
}

const ParsedFiles::Named& ParsedFiles::NameOf(const SourceFile& file) const {
  return names_.at(file.path);
}

bool ParsedFiles::Has(const SourceFile& file) const {
  return fs::exists(NameOf(file).path);
}

std::optional<ParsedFile> ParsedFiles::Open(const SourceFile& file) const {
  const Named& named = NameOf(file);
  if (fs::exists(named.path)) {
    std::optional<ParsedFile> parsed = ParsedFile::Open(named.path, schema_);
    if (parsed) return parsed;
    base::LogWarning("'" + named.path.string() + "' is damaged; '" + file.path + "' is parsed again");
  }
  if (!Make(file, named)) return std::nullopt;
  return ParsedFile::Open(named.path, schema_);
}

bool ParsedFiles::Make(const SourceFile& file, const Named& named) const {
  EventSchema schema = WithoutTexts(schema_);
  EventParser parser(source_, nullptr, schema);
  ParsedFileWriter writer(named.path, schema, parser.filters().size());
  const auto rows = OpenRows(file, parser.columns());
  RowBatch batch;
  RowCells cells(parser.columns().size());
  ParsedEvent event;
  while (rows->Next(batch)) {
    for (const MalformedRow& row : batch.malformed) writer.Refuse(row);
    for (std::size_t row = 0; row < batch.rows(); ++row) ParseRow(batch, row, parser, cells, event, writer);
  }
  if (DigestOfContents(file) != named.contents) return false;
  writer.Commit();
  return true;
}

}  // namespace shortlist::data
