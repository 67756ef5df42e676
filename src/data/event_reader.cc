#include "data/event_reader.h"

#include <optional>
#include <utility>

namespace shortlist::data {
namespace {

// How many rows ahead of its use memory is asked for: about what it takes to come.
constexpr std::uint32_t kRowsAhead = 8;

// Numbers of a parsed file's texts in a table of all files. Those that the table has are looked up at once, so that
// memory can be asked for ahead; the others are interned when their turn comes.
class Renumbering {
 public:
  Renumbering(const std::vector<std::string_view>& texts, IdTable& table)
      : texts_(texts), table_(table), ids_(texts.size(), IdTable::kNone) {
    const auto size = static_cast<std::uint32_t>(ids_.size());
    for (std::uint32_t number = 0; number < size; ++number) {
      if (number + 2 * kRowsAhead < size) table.FetchPlace(texts[number + 2 * kRowsAhead]);
      if (number + kRowsAhead < size) table.FetchText(texts[number + kRowsAhead]);
      ids_[number] = table.Find(texts[number]);
    }
  }

  std::uint32_t operator()(std::uint32_t number) {
    std::uint32_t& id = ids_[number];
    if (id == IdTable::kNone) id = table_.Intern(texts_[number]);
    return id;
  }

 private:
  const std::vector<std::string_view>& texts_;
  IdTable& table_;
  std::vector<std::uint32_t> ids_;
};

// Of the texts in slots; other slots stay as they are.
class SlotRenumbering {
 public:
  SlotRenumbering(const ParsedFile& parsed, EventSchema& schema) {
    for (std::size_t c = 0; c < schema.carried.size(); ++c) {
      if (schema.carried[c].kind != CarriedColumn::Kind::kText) continue;
      columns_.emplace_back(schema.FirstCarried() + c, Renumbering(parsed.texts()[c], schema.carried[c].texts));
    }
  }

  const std::vector<std::uint64_t>& operator()(const std::vector<std::uint64_t>& slots) {
    slots_ = slots;
    for (auto& [slot, renumber] : columns_) slots_[slot] = renumber(static_cast<std::uint32_t>(slots_[slot]));
    return slots_;
  }

 private:
  std::vector<std::pair<std::size_t, Renumbering>> columns_;
  std::vector<std::uint64_t> slots_;
};

std::vector<bool> Consenting(const std::vector<std::string_view>& users, const EventParser& parser) {
  std::vector<bool> consenting(users.size());
  for (std::size_t user = 0; user < users.size(); ++user) consenting[user] = parser.Consents(users[user]);
  return consenting;
}

}  // namespace

EventReader::EventReader(EventParser& parser, EventSchema& schema, Vocabularies& vocabularies, Quarantine& quarantine,
                         const ParsedFiles* parsed)
    : parser_(parser),
      schema_(schema),
      vocabularies_(vocabularies),
      quarantine_(quarantine),
      parsed_(parsed),
      report_{"events", 0, 0},
      cells_(parser.columns().size()),
      record_(schema.RecordBytes()) {
  for (const std::string& filter : parser.filters()) filtered_.emplace_back(filter, 0);
}

void EventReader::CheckColumns(const std::vector<SourceFile>& files) const {
  for (const SourceFile& file : files) {
    if (parsed_ == nullptr || !parsed_->Has(file)) OpenRows(file, parser_.columns());
  }
}

void EventReader::Read(const std::vector<SourceFile>& files, Origin origin, base::Progress& progress,
                       const Sink& sink) {
  for (const SourceFile& file : files) {
    std::optional<ParsedFile> parsed;
    if (parsed_ != nullptr) parsed = parsed_->Open(file);
    if (parsed) {
      Replay(file, *parsed, origin, sink);
      progress.Advance(file.bytes);
    } else {
      ReadFile(file, origin, progress, sink);
    }
  }
}

void EventReader::ReadFile(const SourceFile& file, Origin origin, base::Progress& progress, const Sink& sink) {
  RowBatch batch;
  const auto rows = OpenRows(file, parser_.columns());
  std::int64_t position = 0;
  while (rows->Next(batch)) {
    report_.read += static_cast<std::int64_t>(batch.rows() + batch.malformed.size());
    for (const MalformedRow& row : batch.malformed) report_.Refuse(file, row, quarantine_);
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      FetchIds(batch, row);
      ReadRow(file, batch, row, origin, sink);
    }
    progress.Advance(rows->BytesRead() - position);
    position = rows->BytesRead();
  }
}

void EventReader::Replay(const SourceFile& file, const ParsedFile& parsed, Origin origin, const Sink& sink) {
  report_.read += parsed.rows();
  for (std::size_t rule = 0; rule < parsed.dropped().size(); ++rule) {
    filtered_[rule].second += static_cast<std::int64_t>(parsed.dropped()[rule]);
  }
  const std::vector<bool> consenting = Consenting(parsed.users(), parser_);
  Renumbering user(parsed.users(), vocabularies_.users);
  Renumbering item(parsed.items(), vocabularies_.items);
  SlotRenumbering slots(parsed, schema_);
  const auto replay_event = [&](const ParsedRow& row) {
    if (!consenting[row.user]) {
      ++filtered_.back().second;
      return;
    }
    sink(MakeRecord({user(row.user), item(row.item), row.time, sequence_++, row.weight, origin}, slots(row.slots)));
  };
  const auto judge_again = [&](const RefusedRow& row) {
    if (row.cells.empty()) {
      report_.Refuse(file, {row.line, row.reason}, quarantine_);
    } else {
      cells_.assign(row.cells.begin(), row.cells.end());
      JudgeRow(file, row.line, origin, sink);
    }
  };
  parsed.ForEach(replay_event, judge_again);
}

// Places of ids first, and the texts that stand there when the places have come.
void EventReader::FetchIds(const RowBatch& batch, std::size_t row) const {
  const auto& users = batch.cells[parser_.user_column()];
  const auto& items = batch.cells[parser_.item_column()];
  if (row + 2 * kRowsAhead < batch.rows()) {
    vocabularies_.users.FetchPlace(users[row + 2 * kRowsAhead]);
    vocabularies_.items.FetchPlace(items[row + 2 * kRowsAhead]);
  }
  if (row + kRowsAhead < batch.rows()) {
    vocabularies_.users.FetchText(users[row + kRowsAhead]);
    vocabularies_.items.FetchText(items[row + kRowsAhead]);
  }
}

void EventReader::ReadRow(const SourceFile& file, const RowBatch& batch, std::size_t row, Origin origin,
                          const Sink& sink) {
  for (std::size_t c = 0; c < cells_.size(); ++c) cells_[c] = batch.cells[c][row];
  JudgeRow(file, batch.lines[row], origin, sink);
}

void EventReader::JudgeRow(const SourceFile& file, std::int64_t line, Origin origin, const Sink& sink) {
  const RuleVerdict verdict = parser_.Parse(cells_, event_);
  if (const auto* failed = std::get_if<FailedRule>(&verdict)) {
    ++filtered_[failed->rule].second;
  } else if (const auto* unreadable = std::get_if<UnreadableCell>(&verdict)) {
    report_.Refuse(file, {line, unreadable->reason}, quarantine_);
  } else {
    const std::uint32_t user = vocabularies_.users.Intern(event_.user);
    const std::uint32_t item = vocabularies_.items.Intern(event_.item);
    sink(MakeRecord({user, item, event_.time, sequence_++, event_.weight, origin}, event_.slots));
  }
}

const std::byte* EventReader::MakeRecord(EventHeader header, const std::vector<std::uint64_t>& slots) {
  SetHeader(header, record_.data());
  for (std::size_t slot = 0; slot < slots.size(); ++slot) SetSlot(slots[slot], slot, record_.data());
  return record_.data();
}

}  // namespace shortlist::data
