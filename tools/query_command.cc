#include <chrono>
#include <ctime>
#include <iostream>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "report.h"

namespace shortlist::tools {
namespace {

using OrderedJson = nlohmann::ordered_json;

std::string TimeText(std::int64_t time) {
  if (time <= 0) return "";
  return fmt::format("{:%Y-%m-%d %H:%M}", fmt::gmtime(static_cast<std::time_t>(time)));
}

std::string EntriesText(const std::vector<ScoredAnswer>& entries) {
  std::string text = fmt::format("{:>4}  {:>8}  {:<8}  {:<16}  {}\n", "rank", "score", "reason", "id", "title");
  for (const ScoredAnswer& entry : entries) {
    text += fmt::format("{:>4}  {:>8.4f}  {:<8}  {:<16}  {}\n", entry.rank, entry.score, entry.reason, entry.id,
                        entry.title);
  }
  return text;
}

std::string HistoryText(const std::vector<PastEvent>& history) {
  if (history.empty()) return "";
  std::string text = "history, most recent last\n";
  for (const PastEvent& event : history) {
    text += fmt::format("  {:<16}  {:<16}  {}\n", TimeText(event.time), event.item_id, event.title);
  }
  return text + "\n";
}

std::string Text(const Shortlist& shortlist) {
  std::string text = HistoryText(shortlist.history);
  text += fmt::format("shortlist: {}, from {} events; bundle {}\n",
                      shortlist.personalized ? "personalized" : "not personalized", shortlist.history_events,
                      shortlist.bundle_version);
  if (shortlist.unknown_history_items > 0) {
    text += fmt::format("{} items of the given history are unknown\n", shortlist.unknown_history_items);
  }
  for (const std::string& name : shortlist.ignored_context) text += "the model does not read context " + name + "\n";
  return text + EntriesText(shortlist.items);
}

std::string Text(const SimilarAnswer& answer) {
  return fmt::format("bundle {}\n", answer.bundle_version) + EntriesText(answer.entries);
}

OrderedJson EntriesJson(const std::vector<ScoredAnswer>& entries) {
  OrderedJson list = OrderedJson::array();
  for (const ScoredAnswer& entry : entries) {
    list.push_back({{"rank", entry.rank}, {"id", entry.id}, {"score", entry.score}, {"title", entry.title}});
    if (!entry.reason.empty()) list.back()["reason"] = entry.reason;
  }
  return list;
}

std::string Json(const Shortlist& shortlist) {
  OrderedJson history = OrderedJson::array();
  for (const PastEvent& event : shortlist.history) {
    history.push_back({{"id", event.item_id}, {"title", event.title}, {"time", event.time}});
  }
  return OrderedJson{{"bundle_version", shortlist.bundle_version},
                     {"personalized", shortlist.personalized},
                     {"reason", shortlist.reason},
                     {"history_events", shortlist.history_events},
                     {"unknown_history_items", shortlist.unknown_history_items},
                     {"ignored_context", shortlist.ignored_context},
                     {"history", history},
                     {"items", EntriesJson(shortlist.items)}}
             .dump(2) +
         "\n";
}

std::string Json(const SimilarAnswer& answer) {
  return OrderedJson{{"bundle_version", answer.bundle_version}, {"entries", EntriesJson(answer.entries)}}.dump(2) +
         "\n";
}

Shortlist Ask(const QueryClient& client, const RecommendQuery& query) {
  return client.Recommend(query);
}

SimilarAnswer Ask(const QueryClient& client, const SimilarItems& items) {
  return client.SimilarItems(items.query);
}

SimilarAnswer Ask(const QueryClient& client, const SimilarUsers& users) {
  return client.SimilarUsers(users.query);
}

}  // namespace

void Execute(const QueryCommand& command) {
  const QueryClient client(command.address, std::chrono::seconds(5), command.security);
  std::visit(
      [&](const auto& query) {
        const auto answer = Ask(client, query);
        WriteResult(command.json, Json(answer));
        std::cout << Text(answer);
      },
      command.query);
}

}  // namespace shortlist::tools
