// What `prepare` reads and how it becomes a dataset.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "shortlist/settings/field.h"

namespace shortlist {

enum class SourceFormat { kAuto, kCsv, kTsv, kParquet, kJsonLines, kSequences };
template <>
struct EnumNames<SourceFormat> {
  static constexpr std::array<std::string_view, 6> kNames = {"auto",    "csv",        "tsv",
                                                             "parquet", "json_lines", "sequences"};
};

// Names of the columns that carry each meaning; empty means the source has none.
struct EventColumns {
  std::string user = "user";
  std::string item = "item";
  std::string time;
  std::string event_type;
  std::string weight;
  std::string quantity;
  std::string price;
  std::string event_id;
  std::string request_id;
  std::vector<std::string> context;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("user", user, "Column with the shopper's id.");
    visit("item", item, "Column with the item's id.");
    visit("time", time,
          "Column with the event's time: ISO 8601 (taken as UTC without a zone), or Unix seconds or milliseconds. "
          "Without it, the order of rows is the order of events.");
    visit("event_type", event_type, "Column with the kind of event, for example view or purchase.");
    visit("weight", weight, "Column with the event's weight. Without it every event weighs 1.");
    visit("quantity", quantity, "Column with the number of units.");
    visit("price", price, "Column with the price of one unit.");
    visit("event_id", event_id, "Column with a unique id; repeated ids are dropped as `duplicate_event_id`.");
    visit("request_id", request_id,
          "Column with the id of the answer that the event followed, empty where it followed none. The dataset keeps "
          "whether there is one, for `retrain.gates.events`.");
    visit("context", context, "Further columns known at request time (device, country), for `features.context`.");
  }
};

enum class RuleOperator {
  kEquals,
  kNotEquals,
  kStartsWith,
  kNotStartsWith,
  kMatches,
  kIn,
  kNotEmpty,
  kGreater,
  kGreaterOrEqual,
  kLess,
  kLessOrEqual
};
template <>
struct EnumNames<RuleOperator> {
  static constexpr std::array<std::string_view, 11> kNames = {
      "equals",  "not_equals",       "starts_with", "not_starts_with", "matches", "in", "not_empty",
      "greater", "greater_or_equal", "less",        "less_or_equal"};
};

// A row is kept if it satisfies every rule; a row that fails is counted under the first rule that it failed.
struct RowRule {
  std::string name;
  std::string column;
  RuleOperator is = RuleOperator::kNotEmpty;
  std::vector<std::string> value;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("name", name, "Name under which dropped rows are counted.");
    visit("column", column, "Column of the source. Item ids are judged after `clean_item_ids`.");
    visit("is", is,
          "Comparison that a kept row satisfies. `matches` is an ECMAScript regular expression on the whole "
          "value; order comparisons are numeric.");
    visit("value", value, "Operand: one value, several for `in`, none for `not_empty`.");
  }
};

enum class Deduplication { kNone, kUserItem, kUserItemDay };
template <>
struct EnumNames<Deduplication> {
  static constexpr std::array<std::string_view, 3> kNames = {"none", "user_item", "user_item_day"};
};

struct EventSource {
  std::vector<std::string> paths;
  SourceFormat format = SourceFormat::kAuto;
  std::string delimiter;
  EventColumns columns;
  bool clean_item_ids = false;
  std::vector<RowRule> rules;
  Deduplication deduplicate = Deduplication::kNone;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("paths", paths,
          "Files, directories or globs, relative to the configuration file; .zst and .gz are read as "
          "they are. Of a directory, the files whose ending is known are read. ${NAME} is replaced from the "
          "environment.");
    visit("format", format,
          "Format of the files; `auto` goes by the ending. `sequences` is one shopper a line: the "
          "user id, then item ids in time order, separated by spaces.");
    visit("delimiter", delimiter,
          "Separator of csv; default `,`, and a tab for tsv. Cells of csv may be quoted (RFC 4180); "
          "in tsv quotes are characters like any other.");
    visit("columns", columns, "Which column means what.");
    visit("clean_item_ids", clean_item_ids, "Trim item ids and change them to upper case before anything else.");
    visit("rules", rules, "Which rows to keep.");
    visit("deduplicate", deduplicate, "Keep the first event of each such group and drop the others.");
  }
};

// Per item; where an item has several rows, the last one that has a value wins.
struct CatalogSource {
  std::vector<std::string> paths;
  SourceFormat format = SourceFormat::kAuto;
  std::string delimiter;
  std::string item = "item";
  std::string title;
  std::string price;
  std::vector<std::string> attributes;
  bool clean_item_ids = false;
  std::vector<RowRule> rules;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("paths", paths, "Files, directories or globs with one or more rows per item; empty means no catalog.");
    visit("format", format,
          "As for events; a .json file with one object {item: [values]} is read as the attribute "
          "named first in `attributes`.");
    visit("delimiter", delimiter, "Separator of csv; default `,`.");
    visit("item", item, "Column with the item's id.");
    visit("title", title, "Column with the title.");
    visit("price", price, "Column with the price; zero and less count as missing.");
    visit("attributes", attributes, "Columns kept as attributes; a cell may hold several values separated by `|`.");
    visit("clean_item_ids", clean_item_ids, "As for events.");
    visit("rules", rules, "Which rows to read; the others say nothing about their items.");
  }
};

// Purposes per shopper. When paths is not empty, a shopper without the purpose `training` enters no dataset.
struct ConsentSource {
  std::vector<std::string> paths;
  SourceFormat format = SourceFormat::kAuto;
  std::string user = "user";
  std::string purposes = "purposes";

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("paths", paths,
          "Files with the purposes that each shopper agreed to. Missing shoppers are denied. The last "
          "row of a shopper counts.");
    visit("format", format, "As for events.");
    visit("user", user, "Column with the shopper's id.");
    visit("purposes", purposes, "Column with the purposes, separated by `|`: personalization, training, analytics.");
  }
};

enum class SplitRule { kLeaveOneOut, kTime, kFiles };
template <>
struct EnumNames<SplitRule> {
  static constexpr std::array<std::string_view, 3> kNames = {"leave_one_out", "time", "files"};
};

struct SplitSettings {
  SplitRule rule = SplitRule::kLeaveOneOut;
  std::string validation_start;
  std::string test_start;
  std::vector<std::string> test_paths;
  double validation_fraction = 0.1;
  double new_item_share = 0;
  double new_user_share = 0;
  std::int64_t validation_days = 0;
  std::int64_t test_days = 0;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("rule", rule,
          "`leave_one_out`: a shopper's last event is test and the one before it validation; `time`: "
          "by date; `files`: test events come from files of their own.");
    visit("validation_start", validation_start, "First day of validation (YYYY-MM-DD, UTC) under `time`.");
    visit("test_start", test_start, "First day of test (YYYY-MM-DD, UTC) under `time`.");
    visit("test_paths", test_paths, "Test files under `files`, in the format of the events.");
    visit("validation_fraction", validation_fraction,
          "Under `files`: the share of each shopper's training events (at least one of ten) set aside for validation, "
          "chosen by the seed.",
          Bounds{0, 0.5});
    visit(
        "new_item_share", new_item_share,
        "Share of the items, chosen by a hash of their id, whose events outside of the test part are dropped, so that "
        "`evaluate` measures items that training does not know.",
        Bounds{0, 0.9});
    visit(
        "new_user_share", new_user_share,
        "Share of the shoppers, chosen by a hash of their id, of whom all events are test, so that `evaluate` measures "
        "shoppers that training does not know.",
        Bounds{0, 0.9});
    visit("validation_days", validation_days, "Under `time` with `test_days`: the days before those of test.",
          Bounds{0, 1e5});
    visit("test_days", test_days,
          "Under `time`, in the place of dates: test is the last so many times 24 hours up to the newest event, so "
          "that the parts move on as events come in.",
          Bounds{0, 1e5});
  }
};

struct DataSettings {
  EventSource events;
  CatalogSource catalog;
  ConsentSource consent;
  std::int64_t user_core = 0;
  std::int64_t item_core = 0;
  double max_bad_fraction = 0.01;
  std::int64_t memory_mib = 2048;
  SplitSettings split;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("events", events, "The interaction events.");
    visit("catalog", catalog, "Titles and attributes of items.");
    visit("consent", consent, "What shoppers agreed to.");
    visit("user_core", user_core, "Drop shoppers with fewer events than this, repeatedly together with `item_core`.",
          Bounds{0, 1e9});
    visit("item_core", item_core, "Drop items with fewer events than this, repeatedly.", Bounds{0, 1e9});
    visit("max_bad_fraction", max_bad_fraction, "Fail if more than this share of rows is malformed.", Bounds{0, 1});
    visit("memory_mib", memory_mib, "Memory that sorting may use before it goes to disk.", Bounds{16, 1 << 20});
    visit("split", split, "What is set aside for validation and test.");
  }
};

}  // namespace shortlist
