#include "data/event_reader.h"

namespace shortlist::data {
namespace {

// How many rows ahead of its use memory is asked for: about what it takes to come.
constexpr std::size_t kRowsAhead = 8;

}  // namespace

EventReader::EventReader(EventParser& parser, const EventSchema& schema, Vocabularies& vocabularies,
                         Quarantine& quarantine)
    : parser_(parser),
      schema_(schema),
      vocabularies_(vocabularies),
      quarantine_(quarantine),
      report_{"events", 0, 0},
      cells_(parser.columns().size()),
      record_(schema.RecordBytes()) {
  for (const std::string& filter : parser.filters()) filtered_.emplace_back(filter, 0);
}

void EventReader::CheckColumns(const std::vector<SourceFile>& files) const {
  for (const SourceFile& file : files) OpenRows(file, parser_.columns());
}

void EventReader::Read(const std::vector<SourceFile>& files, Origin origin, base::Progress& progress,
                       const Sink& sink) {
  RowBatch batch;
  for (const SourceFile& file : files) {
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
  const RuleVerdict verdict = parser_.Parse(cells_, event_);
  if (const auto* failed = std::get_if<FailedRule>(&verdict)) {
    ++filtered_[failed->rule].second;
  } else if (const auto* unreadable = std::get_if<UnreadableCell>(&verdict)) {
    report_.Refuse(file, {batch.lines[row], unreadable->reason}, quarantine_);
  } else {
    sink(MakeRecord(origin));
  }
}

const std::byte* EventReader::MakeRecord(Origin origin) {
  EventHeader header;
  header.user = vocabularies_.users.Intern(event_.user);
  header.item = vocabularies_.items.Intern(event_.item);
  header.time = event_.time;
  header.sequence = sequence_++;
  header.weight = event_.weight;
  header.origin = origin;
  SetHeader(header, record_.data());
  for (std::size_t slot = 0; slot < event_.slots.size(); ++slot) SetSlot(event_.slots[slot], slot, record_.data());
  return record_.data();
}

}  // namespace shortlist::data
