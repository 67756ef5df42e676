#include "data/event_parser.h"

#include <limits>

#include "data/cell_text.h"
#include "features/stable_hash.h"
#include "features/value.h"

namespace shortlist::data {
namespace {

constexpr std::size_t kLongestId = 1024;

std::string Complaint(const std::string& column, std::string_view cell, const char* what) {
  return column + " '" + Excerpt(cell) + "' " + what;
}

// Why a cell is no id; empty if it is one.
std::string CheckId(const std::string& column, std::string_view cell) {
  if (features::Trim(cell).empty()) return column + " is empty";
  if (cell.size() > kLongestId) return Complaint(column, cell, "is longer than 1024 bytes");
  if (!IsUtf8(cell)) return column + " is not UTF-8";
  return {};
}

std::string CarryText(std::string_view cell, CarriedColumn& column, std::uint64_t& slot) {
  if (cell.size() > kLongestId) return Complaint(column.name, cell, "is longer than 1024 bytes");
  if (!IsUtf8(cell)) return column.name + " is not UTF-8";
  slot = column.texts.Intern(cell);
  return {};
}

std::string CarryPresence(std::string_view cell, std::uint64_t& slot) {
  slot = features::Trim(cell).empty() ? 0 : 1;
  return {};
}

std::string CarryNumber(std::string_view cell, const CarriedColumn& column, std::uint64_t& slot) {
  slot = NumberToSlot(std::numeric_limits<double>::quiet_NaN());
  if (features::Trim(cell).empty()) return {};
  if (column.kind == CarriedColumn::Kind::kNumber) {
    const auto number = features::ParseNumber(cell);
    if (!number) return Complaint(column.name, cell, "is not a number");
    slot = NumberToSlot(*number);
    return {};
  }
  const auto time = features::ParseTime(cell);
  if (!time) return Complaint(column.name, cell, "is not a time");
  slot = NumberToSlot(static_cast<double>(*time));
  return {};
}

std::string Carry(std::string_view cell, CarriedColumn& column, std::uint64_t& slot) {
  switch (column.kind) {
    case CarriedColumn::Kind::kText:
      return CarryText(cell, column, slot);
    case CarriedColumn::Kind::kPresence:
      return CarryPresence(cell, slot);
    default:
      return CarryNumber(cell, column, slot);
  }
}

}  // namespace

EventParser::EventParser(const EventSource& source, const Consent* consent, EventSchema& schema)
    : consent_(consent),
      schema_(schema),
      user_(Use(source.columns.user)),
      item_(Use(source.columns.item)),
      time_(Use(source.columns.time)),
      weight_(Use(source.columns.weight)),
      event_id_(Use(source.columns.event_id)),
      rules_(source.rules, "data.events", columns_),
      clean_item_ids_(source.clean_item_ids) {
  for (const CarriedColumn& column : schema.carried) carried_.push_back(columns_.Place(column.name));
  for (std::size_t rule = 0; rule < rules_.size(); ++rule) filters_.push_back(rules_.Name(rule));
  if (consent != nullptr) filters_.emplace_back("no_training_consent");
}

EventParser::Place EventParser::Use(const std::string& column) {
  if (column.empty()) return {};
  return {columns_.Place(column), column, true};
}

RuleVerdict EventParser::Parse(RowCells& cells, ParsedEvent& event) {
  if (clean_item_ids_) cells[item_.column] = CleanId(cells[item_.column], cleaned_);
  if (RuleVerdict verdict = rules_.Judge(cells); verdict.index() != 0) return verdict;
  if (std::string reason = ReadIds(cells, event); !reason.empty()) return UnreadableCell{std::move(reason)};
  if (!Consents(event.user)) return FailedRule{rules_.size()};
  if (std::string reason = ReadMeasures(cells, event); !reason.empty()) return UnreadableCell{std::move(reason)};
  if (std::string reason = ReadCarried(cells, event); !reason.empty()) return UnreadableCell{std::move(reason)};
  return {};
}

std::string EventParser::ReadIds(const RowCells& cells, ParsedEvent& event) {
  event.user = cells[user_.column];
  event.item = cells[item_.column];
  std::string reason = CheckId(user_.name, event.user);
  return reason.empty() ? CheckId(item_.name, event.item) : reason;
}

std::string EventParser::ReadMeasures(const RowCells& cells, ParsedEvent& event) const {
  if (time_.used) {
    const auto time = features::ParseTime(cells[time_.column]);
    if (!time) return Complaint(time_.name, cells[time_.column], "is not a time");
    event.time = *time;
  }
  if (weight_.used) {
    const auto weight = features::ParseNumber(cells[weight_.column]);
    if (!weight || *weight < 0 || *weight > std::numeric_limits<float>::max()) {
      return Complaint(weight_.name, cells[weight_.column], "is not a weight of 0 or more");
    }
    event.weight = static_cast<float>(*weight);
  }
  return {};
}

std::string EventParser::ReadCarried(const RowCells& cells, ParsedEvent& event) {
  event.slots.clear();
  if (event_id_.used) {
    const std::string_view id = cells[event_id_.column];
    if (id.empty()) return event_id_.name + " is empty";
    event.slots = {features::StableHash(id, 0), features::StableHash(id, 1)};
  }
  for (std::size_t c = 0; c < carried_.size(); ++c) {
    CarriedColumn& column = schema_.carried[c];
    const std::string_view cell = cells[carried_[c]];
    std::uint64_t& slot = event.slots.emplace_back();
    std::string reason = Carry(cell, column, slot);
    if (!reason.empty()) return reason;
  }
  return {};
}

}  // namespace shortlist::data
