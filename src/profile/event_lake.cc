#include "profile/event_lake.h"

#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"

namespace shortlist::profile {
namespace {

std::string PurposesOf(const Consent& consent) {
  std::string text;
  for (std::size_t i = 0; i < kPurposeNames.size(); ++i) {
    if (!consent.Allows(static_cast<Purpose>(i))) continue;
    if (!text.empty()) text += '|';
    text += kPurposeNames[i];
  }
  return text;
}

std::string LineOf(const ConsentChange& change) {
  const nlohmann::ordered_json json{{"user", change.user},
                                    {"purposes", PurposesOf(change.consent)},
                                    {"version", change.consent.version},
                                    {"source", change.consent.source},
                                    {"time", change.consent.time}};
  return json.dump(-1, ' ', false, nlohmann::ordered_json::error_handler_t::replace) + "\n";
}

// Makes the folder, and removes what a killed writer of whole files left in it.
void OpenFolder(const std::filesystem::path& folder) {
  base::MakeDirectories(folder);
  std::vector<std::filesystem::path> leftovers;
  for (const auto& file : std::filesystem::directory_iterator(folder)) {
    if (file.path().filename().string().find(".tmp.") != std::string::npos) leftovers.push_back(file.path());
  }
  for (const std::filesystem::path& leftover : leftovers) std::filesystem::remove(leftover);
}

}  // namespace

EventLake::EventLake(std::filesystem::path directory, WriteEvents write_events)
    : directory_(std::move(directory)), write_events_(std::move(write_events)) {
  OpenFolder(directory_ / "events");
  OpenFolder(directory_ / "consents");
}

void EventLake::Write(std::uint64_t first_sequence, std::span<const LoggedEntry> entries) const {
  std::vector<Event> events;
  std::string consents;
  for (const LoggedEntry& logged : entries) {
    if (const auto* event = std::get_if<Event>(&logged.entry)) events.push_back(*event);
    if (const auto* change = std::get_if<ConsentChange>(&logged.entry)) consents += LineOf(*change);
  }
  const std::string name = fmt::format("{:020}", first_sequence);
  if (!events.empty()) write_events_(directory_ / "events" / (name + ".parquet"), events);
  if (!consents.empty()) base::WriteFileAtomically(directory_ / "consents" / (name + ".jsonl"), consents);
}

}  // namespace shortlist::profile
