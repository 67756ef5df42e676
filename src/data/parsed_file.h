// What a file of events says once it is read and parsed, before consent is asked and before anything depends on other
// files: its rows as records with numbers of its own, and the texts behind these. The format is in docs/formats.md.
#pragma once

#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/digest.h"
#include "base/file.h"
#include "data/event.h"
#include "data/event_parser.h"
#include "data/id_table.h"
#include "data/row_reader.h"

namespace shortlist::data {

// Part of what names a parsed file, so that those of another program are of no use: to be raised whenever the format
// changes, and whenever a row is read, judged or parsed differently.
inline constexpr int kParsedFileVersion = 1;

// Numbers are places in the tables of the file, also those in slots of columns of texts.
struct ParsedRow {
  std::uint32_t user = 0;
  std::uint32_t item = 0;
  std::int64_t time = 0;
  float weight = 1;
  std::vector<std::uint64_t> slots;
};

// A row that is no event. `cells` has the columns of the parser, to be judged again when consent is known; a row that
// could not be split into cells has a reason instead.
struct RefusedRow {
  std::uint64_t events_before = 0;  // how many events of the file come before it
  std::int64_t line = 0;
  std::string reason;
  std::vector<std::string> cells;
};

// Not thread-safe. The file appears under its name when it is whole.
class ParsedFileWriter {
 public:
  // `schema` is that of the parser whose events are added, and must outlive the writer; `rules` is how many there are.
  ParsedFileWriter(const std::filesystem::path& path, const EventSchema& schema, std::size_t rules);

  void Add(const ParsedEvent& event);
  void Refuse(const MalformedRow& row);
  void Refuse(std::int64_t line, const RowCells& cells);
  void Drop(const FailedRule& rule) { ++dropped_[rule.rule]; }
  // Throws Error{kUnavailable} when the disk is full.
  void Commit();

 private:
  template <class Number>
  void Put(Number number);
  void PutText(std::string_view text);
  void PutTable(const IdTable& table);
  void PutRefused();
  void Flush();

  base::AtomicFile file_;
  base::Digest digest_;
  const EventSchema& schema_;
  std::string buffer_;
  IdTable users_;
  IdTable items_;
  std::uint64_t events_ = 0;
  std::vector<std::uint64_t> dropped_;
  std::vector<RefusedRow> refused_;
};

// Not thread-safe. The file is mapped; memory beside that grows with its different texts and its refused rows, not with
// its events.
class ParsedFile {
 public:
  using EventVisitor = std::function<void(const ParsedRow&)>;
  using RefusedVisitor = std::function<void(const RefusedRow&)>;

  // Nothing if there is no such file, or if it is not as a writer of this version left it: every byte is checked.
  static std::optional<ParsedFile> Open(const std::filesystem::path& path, const EventSchema& schema);

  // In the order in which the file was read.
  void ForEach(const EventVisitor& event, const RefusedVisitor& refused) const;

  // Texts by their numbers; they live as long as the file.
  const std::vector<std::string_view>& users() const { return users_; }
  const std::vector<std::string_view>& items() const { return items_; }
  // By the place in EventSchema::carried; empty for columns of other kinds.
  const std::vector<std::vector<std::string_view>>& texts() const { return texts_; }
  // Rows that failed a rule, by its place.
  const std::vector<std::uint64_t>& dropped() const { return dropped_; }
  // Rows of the file: events, refused and dropped ones.
  std::int64_t rows() const;

 private:
  explicit ParsedFile(base::MappedFile file) : file_(std::move(file)) {}
  bool Read(const EventSchema& schema);
  bool ReadEnd(std::string_view bytes, const EventSchema& schema);

  base::MappedFile file_;
  std::size_t slots_ = 0;
  std::uint64_t events_ = 0;
  std::vector<std::string_view> users_;
  std::vector<std::string_view> items_;
  std::vector<std::vector<std::string_view>> texts_;
  std::vector<std::uint64_t> dropped_;
  std::vector<RefusedRow> refused_;
};

}  // namespace shortlist::data
