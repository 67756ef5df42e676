#include <cstdint>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "commands.h"
#include "data/decision_join.h"
#include "report.h"
#include "shortlist/error.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

using JsonValue = nlohmann::ordered_json;

// Of the positions in the summary; the rest are in the JSON.
constexpr std::size_t kPositionsShown = 10;

data::JoinPlan PlanOf(const JoinCommand& command) {
  const Settings settings = Load(command.configuration);
  const LiveEventSettings& events = settings.serve.events;
  data::JoinPlan plan;
  plan.lakes = command.lakes;
  if (plan.lakes.empty() && !events.directory.empty())
    plan.lakes.push_back(std::filesystem::path(events.directory) / "lake");
  if (plan.lakes.empty()) {
    throw Error(Code::kInvalidArgument, "there is no folder of decisions; set serve.events.directory or pass --lake");
  }
  plan.out = command.out.empty() ? LayoutOf(settings).root / "joined" : command.out;
  plan.consent = events.consent == ConsentRule::kRequired ? data::JoinConsent::kRequired : data::JoinConsent::kIgnored;
  plan.window_seconds = static_cast<std::int64_t>(command.window_seconds);
  plan.rewards = command.rewards;
  plan.memory_bytes = static_cast<std::size_t>(command.memory_mib) << 20;
  return plan;
}

JsonValue Json(const data::Tally& tally) {
  return {{"name", tally.name},     {"shown", tally.shown},   {"clicked", tally.clicked},
          {"carted", tally.carted}, {"bought", tally.bought}, {"click_rate", tally.click_rate()},
          {"reward", tally.reward}};
}

JsonValue Json(const std::vector<data::Tally>& tallies) {
  JsonValue list = JsonValue::array();
  for (const data::Tally& tally : tallies) list.push_back(Json(tally));
  return list;
}

std::string Json(const data::JoinReport& report) {
  JsonValue total = Json(report.total);
  total.erase("name");
  return JsonValue({{"decisions", report.decisions},
                    {"denied", report.denied},
                    {"events", report.events},
                    {"attributed", report.attributed},
                    {"total", total},
                    {"by_position", Json(report.by_position)},
                    {"by_version", Json(report.by_version)},
                    {"by_reason", Json(report.by_reason)}})
             .dump(2) +
         "\n";
}

std::string Line(const data::Tally& tally) {
  return fmt::format("  {:<40} {:>12} {:>10} {:>10} {:>10} {:>10.4f}\n", tally.name, Grouped(tally.shown),
                     Grouped(tally.clicked), Grouped(tally.carted), Grouped(tally.bought), tally.click_rate());
}

std::string Table(const std::string& title, const std::vector<data::Tally>& tallies, std::size_t most) {
  std::string table = fmt::format("{:<42} {:>12} {:>10} {:>10} {:>10} {:>10}\n", title, "shown", "clicked", "carted",
                                  "bought", "click rate");
  for (std::size_t i = 0; i < tallies.size() && i < most; ++i) table += Line(tallies[i]);
  if (tallies.size() > most) table += fmt::format("  and {} more (--json)\n", tallies.size() - most);
  return table;
}

std::string Text(const data::JoinReport& report, const std::filesystem::path& out) {
  data::Tally total = report.total;
  total.name = "all";
  return fmt::format("{} decisions, {} left out for want of consent; {} of {} events are outcomes of one\nin {}\n",
                     Grouped(report.decisions), Grouped(report.denied), Grouped(report.attributed),
                     Grouped(report.events), out.string()) +
         Table("all", {total}, 1) + Table("by position", report.by_position, kPositionsShown) +
         Table("by policy and version", report.by_version, report.by_version.size()) +
         Table("by reason", report.by_reason, report.by_reason.size());
}

}  // namespace

void Execute(const JoinCommand& command) {
  const data::JoinPlan plan = PlanOf(command);
  const data::JoinReport report = data::JoinDecisions(plan);
  WriteResult(command.json, Json(report));
  std::cout << Text(report, plan.out);
}

}  // namespace shortlist::tools
