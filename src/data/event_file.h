// Events as a Parquet file that `prepare` reads: the columns event_id, user, item, time (Unix seconds), event_type,
// quantity, price, dwell_seconds, query, device, channel, locale and request_id, which the first files lack. What is
// not known is null.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>

namespace shortlist::data {

// Texts that are empty and amounts of 0 are not known.
struct EventRow {
  std::string_view event_id = {};
  std::string_view user = {};
  std::string_view item = {};
  std::int64_t time = 0;
  std::string_view event_type = {};
  double quantity = 0;
  double price = 0;
  double dwell_seconds = 0;
  std::string_view query = {};
  std::string_view device = {};
  std::string_view channel = {};
  std::string_view locale = {};
  std::string_view request_id = {};
};

// The file appears under its name when it is whole. Throws Error{kUnavailable} when the disk is full.
void WriteEventFile(const std::filesystem::path& path, std::span<const EventRow> rows);

// Visits the rows of such a file, in their order; texts live until the visit ends. Throws Error{kInvalidArgument}
// naming the file if it is none, as do the others.
void ReadEventFile(const std::filesystem::path& path, const std::function<void(const EventRow&)>& visit);
// The different users of a file.
std::set<std::string> ReadEventUsers(const std::filesystem::path& path);
// By kinds of events, the time of the oldest one.
std::map<std::string, std::int64_t> ReadOldestEvents(const std::filesystem::path& path);

}  // namespace shortlist::data
