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

}  // namespace

EventLake::EventLake(const std::filesystem::path& directory, WriteEvents write_events)
    : events_(directory / "events"), consents_(directory / "consents"), write_events_(std::move(write_events)) {}

void EventLake::Write(std::uint64_t first_sequence, std::span<const LoggedEntry> entries) const {
  std::vector<Event> events;
  std::string consents;
  for (const LoggedEntry& logged : entries) {
    if (const auto* event = std::get_if<Event>(&logged.entry)) events.push_back(*event);
    if (const auto* change = std::get_if<ConsentChange>(&logged.entry)) consents += LineOf(*change);
  }
  const std::string name = fmt::format("{:020}", first_sequence);
  const std::filesystem::path events_file = events_.path() / (name + ".parquet");
  const std::filesystem::path consents_file = consents_.path() / (name + ".jsonl");
  if (events.empty()) {
    base::RemoveFile(events_file);  // written before its shoppers withdrew their consent
  } else {
    write_events_(events_file, events);
  }
  if (!consents.empty()) base::WriteFileAtomically(consents_file, consents);
}

}  // namespace shortlist::profile
