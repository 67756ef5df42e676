// Events for tests.
#pragma once

#include <algorithm>
#include <cstdint>
#include <filesystem>
#include <functional>
#include <map>
#include <set>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "base/file.h"
#include "profile/event_lake.h"

namespace shortlist::profile {

inline Event MadeEvent(const std::string& id, const std::string& user, const std::string& item, std::int64_t time,
                       EventKind kind = EventKind::kView) {
  Event event;
  event.id = id;
  event.user = user;
  event.item = item;
  event.time = time;
  event.kind = kind;
  return event;
}

inline ConsentChange MadeConsent(const std::string& user, std::uint64_t purposes, std::int64_t time) {
  return {user, {purposes, "1", "banner", time}};
}

// One bit of a mask of purposes.
inline std::uint64_t Bit(Purpose purpose) {
  return std::uint64_t{1} << static_cast<int>(purpose);
}

// Entries of the log in place of Parquet: each its length and bytes.
inline void WriteMadeFile(const std::filesystem::path& path, std::span<const Event> events) {
  ByteWriter writer;
  for (const Event& event : events) writer.Text(ToBytes(event));
  base::WriteFileAtomically(path, writer.bytes());
}

inline std::vector<Event> ReadMadeFile(const std::filesystem::path& path) {
  std::vector<Event> events;
  const std::string contents = base::ReadFile(path);
  for (ByteReader reader(contents); !reader.at_end();) {
    events.push_back(std::get<Event>(EntryFrom(reader.Text())));
  }
  return events;
}

inline std::set<std::string> ShoppersOfMadeFile(const std::filesystem::path& path) {
  std::set<std::string> shoppers;
  for (const Event& event : ReadMadeFile(path)) shoppers.insert(event.user);
  return shoppers;
}

inline std::map<EventKind, std::int64_t> OldestOfMadeFile(const std::filesystem::path& path) {
  std::map<EventKind, std::int64_t> oldest;
  for (const Event& event : ReadMadeFile(path)) {
    const auto [known, is_first] = oldest.emplace(event.kind, event.time);
    if (!is_first) known->second = std::min(known->second, event.time);
  }
  return oldest;
}

inline EventFiles MadeEventFiles() {
  return {WriteMadeFile, ReadMadeFile, ShoppersOfMadeFile, OldestOfMadeFile};
}

// The same, with another way to write.
inline EventFiles MadeEventFiles(std::function<void(const std::filesystem::path&, std::span<const Event>)> write) {
  return {std::move(write), ReadMadeFile, ShoppersOfMadeFile, OldestOfMadeFile};
}

}  // namespace shortlist::profile
