// Reads event files into records: parses, consents, counts, and numbers users and items.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "base/progress.h"
#include "data/event_parser.h"
#include "data/id_table.h"
#include "data/parsed_files.h"
#include "data/source_report.h"

namespace shortlist::data {

// Users and items in the order of their first appearance in a row that passed rules and consent.
struct Vocabularies {
  IdTable users;
  IdTable items;
};

// Rows dropped per filter, in the order of application.
using FilterCounts = std::vector<std::pair<std::string, std::int64_t>>;

// Not thread-safe.
class EventReader {
 public:
  using Sink = std::function<void(const std::byte* record)>;

  // `parsed` may be null; else what it has of files is used in the place of reading them, and the events are the same.
  // All must outlive the reader.
  EventReader(EventParser& parser, EventSchema& schema, Vocabularies& vocabularies, Quarantine& quarantine,
              const ParsedFiles* parsed = nullptr);

  // Throws Error{kInvalidArgument} if a file cannot be opened or lacks a column.
  void CheckColumns(const std::vector<SourceFile>& files) const;
  // Hands every event of the files to `sink`, in input order, which goes on from the last call.
  void Read(const std::vector<SourceFile>& files, Origin origin, base::Progress& progress, const Sink& sink);

  const SourceReport& report() const { return report_; }
  const FilterCounts& filtered() const { return filtered_; }

 private:
  void ReadFile(const SourceFile& file, Origin origin, base::Progress& progress, const Sink& sink);
  void Replay(const SourceFile& file, const ParsedFile& parsed, Origin origin, const Sink& sink);
  void ReadRow(const SourceFile& file, const RowBatch& batch, std::size_t row, Origin origin, const Sink& sink);
  void JudgeRow(const SourceFile& file, std::int64_t line, Origin origin, const Sink& sink);
  const std::byte* MakeRecord(EventHeader header, const std::vector<std::uint64_t>& slots);
  void FetchIds(const RowBatch& batch, std::size_t row) const;

  EventParser& parser_;
  EventSchema& schema_;
  Vocabularies& vocabularies_;
  Quarantine& quarantine_;
  const ParsedFiles* parsed_;
  SourceReport report_;
  FilterCounts filtered_;
  std::uint64_t sequence_ = 0;
  RowCells cells_;
  ParsedEvent event_;
  std::vector<std::byte> record_;
};

}  // namespace shortlist::data
