#include "profile/event_lake.h"

#include <algorithm>
#include <sstream>
#include <utility>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

namespace fs = std::filesystem;
using Json = nlohmann::ordered_json;

std::string LineOf(const ConsentChange& change) {
  const Json json{{"user", change.user},
                  {"purposes", fmt::format("{}", fmt::join(PurposesOf(change.consent), "|"))},
                  {"version", change.consent.version},
                  {"source", change.consent.source},
                  {"time", change.consent.time}};
  return json.dump(-1, ' ', false, Json::error_handler_t::replace) + "\n";
}

std::uint64_t MaskFrom(const std::string& purposes) {
  std::uint64_t mask = 0;
  std::istringstream names(purposes);
  for (std::string name; std::getline(names, name, '|');) {
    const auto* const known = std::ranges::find(kPurposeNames, name);
    if (known == kPurposeNames.end()) throw Error(Code::kDataLoss, "purposes has '" + name + "'");
    mask |= std::uint64_t{1} << (known - kPurposeNames.begin());
  }
  return mask;
}

ConsentChange ConsentFrom(const Json& json) {
  return {json.at("user"),
          {MaskFrom(json.at("purposes")), json.at("version"), json.at("source"), json.at("time").get<std::int64_t>()}};
}

std::vector<ConsentChange> ReadConsents(const fs::path& file) {
  std::vector<ConsentChange> changes;
  std::istringstream lines(base::ReadFile(file));
  try {
    for (std::string line; std::getline(lines, line);) changes.push_back(ConsentFrom(Json::parse(line)));
  } catch (const std::exception& problem) {
    throw Error(Code::kDataLoss, "'" + file.string() + "': " + problem.what());
  }
  return changes;
}

void WriteConsents(const fs::path& file, const std::vector<ConsentChange>& changes) {
  if (changes.empty()) return base::RemoveFile(file);
  std::string lines;
  for (const ConsentChange& change : changes) lines += LineOf(change);
  base::WriteFileAtomically(file, lines);
}

// In the order of names.
std::vector<fs::path> FilesIn(const fs::path& folder, const std::string& ending) {
  std::vector<fs::path> files;
  for (const fs::directory_entry& entry : fs::directory_iterator(folder)) {
    if (entry.path().extension() == ending) files.push_back(entry.path());
  }
  std::ranges::sort(files);
  return files;
}

constexpr const char* kEventsEnding = ".parquet";
constexpr const char* kConsentsEnding = ".jsonl";

}  // namespace

EventLake::EventLake(const fs::path& directory, EventFiles files)
    : events_(directory / "events"),
      consents_(directory / "consents"),
      files_(std::move(files)),
      progress_(directory / "given_rows") {}

void EventLake::WriteEvents(const fs::path& file, std::span<const Event> events) const {
  if (events.empty()) return base::RemoveFile(file);
  files_.write(file, events);
}

void EventLake::Write(std::uint64_t first_sequence, std::span<const LoggedEntry> entries) const {
  std::vector<Event> events;
  std::vector<ConsentChange> consents;
  for (const LoggedEntry& logged : entries) {
    if (const auto* event = std::get_if<Event>(&logged.entry)) events.push_back(*event);
    if (const auto* change = std::get_if<ConsentChange>(&logged.entry)) consents.push_back(*change);
  }
  const std::string name = fmt::format("{:020}", first_sequence);
  WriteEvents(events_.path() / (name + kEventsEnding), events);
  WriteConsents(consents_.path() / (name + kConsentsEnding), consents);
}

std::size_t EventLake::StagesDone(std::uint64_t first_sequence) const {
  if (!fs::exists(progress_)) return 0;
  std::istringstream text(base::ReadFile(progress_));
  std::uint64_t sequence = 0;
  std::size_t done = 0;
  text >> sequence >> done;
  return sequence == first_sequence ? done : 0;
}

void EventLake::GiveRows(std::uint64_t first_sequence, std::span<const RowOwners> stages,
                         const std::function<void(const RowOwners&)>& give_others) const {
  for (std::size_t stage = StagesDone(first_sequence); stage < stages.size(); ++stage) {
    GiveRows(stages[stage]);
    give_others(stages[stage]);
    if (stages.size() > 1) base::WriteFileAtomically(progress_, fmt::format("{} {}\n", first_sequence, stage + 1));
  }
}

void EventLake::GiveRows(const RowOwners& owners) const {
  for (const fs::path& file : FilesIn(events_.path(), kEventsEnding)) {
    const std::set<std::string> present = files_.read_shoppers(file);
    if (std::ranges::none_of(owners, [&](const auto& given) { return present.contains(given.first); })) continue;
    std::vector<Event> events = files_.read(file);
    std::erase_if(events, [&](const Event& event) {
      const auto given = owners.find(event.user);
      return given != owners.end() && !given->second;
    });
    for (Event& event : events) {
      const auto given = owners.find(event.user);
      if (given != owners.end()) event.user = *given->second;
    }
    WriteEvents(file, events);
  }
  for (const fs::path& file : FilesIn(consents_.path(), kConsentsEnding)) {
    std::vector<ConsentChange> changes = ReadConsents(file);
    if (std::erase_if(changes, [&](const ConsentChange& change) { return owners.contains(change.user); }) > 0) {
      WriteConsents(file, changes);
    }
  }
}

std::size_t EventLake::Remove(const Retention& retention, std::int64_t now) const {
  const auto is_over = [&](EventKind kind, std::int64_t time) { return retention.IsOver(kind, time, now); };
  std::size_t removed = 0;
  for (const fs::path& file : FilesIn(events_.path(), kEventsEnding)) {
    const std::map<EventKind, std::int64_t> oldest = files_.read_oldest(file);
    if (std::ranges::none_of(oldest, [&](const auto& of) { return is_over(of.first, of.second); })) continue;
    std::vector<Event> events = files_.read(file);
    removed += std::erase_if(events, [&](const Event& event) { return is_over(event.kind, event.time); });
    WriteEvents(file, events);
  }
  return removed;
}

LakeEntries EventLake::Read(std::string_view shopper) const {
  LakeEntries entries;
  const std::string name(shopper);
  const auto is_own = [&](const auto& entry) { return entry.user == shopper; };
  for (const fs::path& file : FilesIn(events_.path(), kEventsEnding)) {
    if (!files_.read_shoppers(file).contains(name)) continue;
    std::ranges::copy_if(files_.read(file), std::back_inserter(entries.events), is_own);
  }
  for (const fs::path& file : FilesIn(consents_.path(), kConsentsEnding)) {
    std::ranges::copy_if(ReadConsents(file), std::back_inserter(entries.consents), is_own);
  }
  return entries;
}

}  // namespace shortlist::profile
