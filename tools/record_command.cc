#include <fstream>
#include <iostream>
#include <iterator>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/progress.h"
#include "commands.h"
#include "events_client.h"
#include "report.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

using JsonValue = nlohmann::json;

// What the server takes at a time by default.
constexpr std::size_t kEventsPerCall = 1000;

std::string TextOf(const JsonValue& value) {
  return value.is_string() ? value.get<std::string>() : value.dump();
}

// Throws nlohmann's exceptions for a number that is none.
void SetField(const std::string& name, const JsonValue& value, RecordedEvent& event) {
  if (value.is_null()) return;
  if (name == "event_id") event.event_id = TextOf(value);
  if (name == "user") event.user = TextOf(value);
  if (name == "item") event.item = TextOf(value);
  if (name == "event_type") event.event_type = TextOf(value);
  if (name == "time") event.time = value.get<std::int64_t>();
  if (name == "quantity") event.quantity = value.get<double>();
  if (name == "price") event.price = value.get<double>();
  if (name == "dwell_seconds") event.dwell_seconds = value.get<double>();
  if (name == "query") event.query = TextOf(value);
  if (name == "device") event.device = TextOf(value);
  if (name == "channel") event.channel = TextOf(value);
  if (name == "locale") event.locale = TextOf(value);
  if (name == "request_id") event.request_id = TextOf(value);
}

RecordedEvent EventFrom(const std::string& line, const std::string& place) {
  RecordedEvent event;
  try {
    const JsonValue json = JsonValue::parse(line);
    for (const auto& [name, value] : json.items()) SetField(name, value, event);
  } catch (const JsonValue::exception& problem) {
    throw Error(Code::kInvalidArgument, place + ": is not an event as a JSON object: " + problem.what());
  }
  if (event.event_id.empty() || event.event_type.empty()) {
    throw Error(Code::kInvalidArgument, place + R"(: an event needs "event_id" and "event_type")");
  }
  return event;
}

void Add(const RecordCounts& more, RecordCounts& counts) {
  for (const auto& [outcome, events] : more.outcomes) counts.outcomes[outcome] += events;
  if (counts.first_problem.empty()) counts.first_problem = more.first_problem;
}

RecordCounts SendFile(const EventsClient& client, const std::filesystem::path& file) {
  std::ifstream lines(file);
  base::Progress progress("record", 0, "events");
  RecordCounts counts;
  std::vector<RecordedEvent> batch;
  std::string line;
  for (std::int64_t number = 1; std::getline(lines, line); ++number) {
    if (line.empty()) continue;
    batch.push_back(EventFrom(line, fmt::format("{}:{}", file.string(), number)));
    if (batch.size() < kEventsPerCall) continue;
    Add(client.Record(batch), counts);
    progress.Advance(std::ssize(batch));
    batch.clear();
  }
  if (!batch.empty()) Add(client.Record(batch), counts);
  progress.Advance(std::ssize(batch));
  if (counts.outcomes.empty()) throw Error(Code::kInvalidArgument, file.string() + " has no events");
  return counts;
}

}  // namespace

void Execute(const RecordCommand& command) {
  const EventsClient client(command.address, command.timeout, command.security);
  const RecordCounts counts = SendFile(client, command.file);
  WriteResult(command.json, JsonValue(counts.outcomes).dump(2) + "\n");
  std::string summary;
  for (const auto& [outcome, events] : counts.outcomes) {
    summary += fmt::format("{}{} {}", summary.empty() ? "" : ", ", events, outcome);
  }
  std::cout << summary << "\n";
  if (!counts.first_problem.empty())
    throw Error(Code::kInvalidArgument, "first of the invalid: " + counts.first_problem);
}

}  // namespace shortlist::tools
