// From a row of text cells to an event, or to why it is none.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "data/columns.h"
#include "data/consent.h"
#include "data/event.h"
#include "data/row_rules.h"
#include "shortlist/settings/data.h"

namespace shortlist::data {

// Views live as long as the row and the parser, until the next row.
struct ParsedEvent {
  std::string_view user;
  std::string_view item;
  std::int64_t time = 0;
  float weight = 1;
  std::vector<std::uint64_t> slots;
};

// Not thread-safe: it interns carried texts into `schema`.
class EventParser {
 public:
  // `consent` may be null. All three must outlive the parser. Throws as RowRules does.
  EventParser(const EventSource& source, const Consent* consent, EventSchema& schema);

  // The columns that a row must have, in this order.
  const std::vector<std::string>& columns() const { return columns_.names(); }
  // Places in `columns` of the ids of shopper and item.
  std::size_t user_column() const { return user_.column; }
  std::size_t item_column() const { return item_.column; }
  // Names of the filters, by the place in FailedRule: the rules, then consent if it is asked for.
  const std::vector<std::string>& filters() const { return filters_; }

  // What Parse asks after the rules.
  bool Consents(std::string_view user) const { return consent_ == nullptr || consent_->AllowsTraining(user); }

  // Changes `cells`, whose item is cleaned, and fills `event` if the verdict is std::monostate. Rules are judged first,
  // then consent, then every cell that is used.
  RuleVerdict Parse(RowCells& cells, ParsedEvent& event);

 private:
  struct Place {
    std::size_t column = 0;
    std::string name;
    bool used = false;
  };
  Place Use(const std::string& column);
  std::string ReadIds(const RowCells& cells, ParsedEvent& event);
  std::string ReadMeasures(const RowCells& cells, ParsedEvent& event) const;
  std::string ReadCarried(const RowCells& cells, ParsedEvent& event);

  const Consent* consent_;
  EventSchema& schema_;
  Columns columns_;
  Place user_;
  Place item_;
  Place time_;
  Place weight_;
  Place event_id_;
  std::vector<std::size_t> carried_;
  RowRules rules_;
  std::vector<std::string> filters_;
  bool clean_item_ids_;
  std::string cleaned_;
};

}  // namespace shortlist::data
