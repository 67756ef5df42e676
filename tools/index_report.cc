#include <cstdint>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/settings_kind.h"
#include "index/tuning.h"
#include "report.h"

namespace shortlist::tools {
namespace {

using index::Trial;
using OrderedJson = nlohmann::ordered_json;

std::string Parameters(const VectorIndexSettings& settings) {
  switch (settings.kind) {
    case IndexKind::kHnsw:
      return fmt::format("links {}, depth {}", settings.hnsw_links, settings.hnsw_search_depth);
    case IndexKind::kIvfFlat:
    case IndexKind::kIvfSq8:
      return fmt::format("lists {}, probes {}", settings.lists, settings.probes);
    case IndexKind::kIvfPqFastScan:
      return fmt::format("lists {}, probes {}, {} bytes, refine {}", settings.lists, settings.probes, settings.pq_bytes,
                         settings.refine_factor);
    case IndexKind::kFlat:
    case IndexKind::kAuto:
      break;
  }
  return "";
}

std::string Row(const std::vector<Trial>& trials, std::size_t number) {
  const Trial& trial = trials[number];
  const std::string name = fmt::format("{:<16}  {:<46}", base::NameOf(trial.settings.kind), Parameters(trial.settings));
  if (!trial.left_out.empty()) return fmt::format("  {}  {}\n", name, trial.left_out);
  return fmt::format("{} {}  {:.4f} [{:.4f}, {:.4f}]  {:>9.1f}  {:>10.1f}  {:>9.1f}\n",
                     index::IsOnFrontier(trials, number) ? "*" : " ", name, trial.recall.value, trial.recall.low,
                     trial.recall.high, trial.query_microseconds, trial.bytes_per_vector, trial.build_seconds);
}

std::string Table(const std::string& what, const std::vector<Trial>& trials) {
  if (trials.empty()) return "";
  std::string text = fmt::format(
      "tried for {}; * where nothing else is better in every way\n  {:<16}  {:<46}  {:<23}  "
      "{:>9}  {:>10}  {:>9}\n",
      what, "kind", "parameters", "recall", "us/query", "bytes/each", "build s");
  for (std::size_t i = 0; i < trials.size(); ++i) text += Row(trials, i);
  return text + "\n";
}

OrderedJson JsonOf(const std::vector<Trial>& trials) {
  OrderedJson list = OrderedJson::array();
  for (std::size_t i = 0; i < trials.size(); ++i) {
    const Trial& trial = trials[i];
    list.push_back({{"kind", base::NameOf(trial.settings.kind)},
                    {"parameters", Parameters(trial.settings)},
                    {"k", trial.recall.k},
                    {"recall", trial.recall.value},
                    {"recall_low", trial.recall.low},
                    {"recall_high", trial.recall.high},
                    {"query_microseconds", trial.query_microseconds},
                    {"bytes_per_vector", trial.bytes_per_vector},
                    {"build_seconds", trial.build_seconds},
                    {"on_frontier", index::IsOnFrontier(trials, i)},
                    {"left_out", trial.left_out}});
  }
  return list;
}

}  // namespace

std::string Text(const index::IndexReport& report) {
  std::string text = Table("items", report.item_trials) + Table("users", report.user_trials);
  text += fmt::format("bundle {}\n", report.version);
  text += fmt::format("items: {}, recall {:.4f} [{:.4f}, {:.4f}], {:.0f} us per query, {} bytes\n", report.item_kind,
                      report.item_recall, report.item_recall_low, report.item_recall_high, report.query_microseconds,
                      Grouped(static_cast<std::int64_t>(report.item_index_bytes)));
  text += fmt::format("users: recall {:.4f}, {} bytes\n", report.user_recall,
                      Grouped(static_cast<std::int64_t>(report.user_index_bytes)));
  for (const std::string& reason : report.forced) text += "forced: " + reason + "\n";
  return text;
}

std::string Json(const index::IndexReport& report) {
  return OrderedJson{{"version", report.version},
                     {"item_kind", report.item_kind},
                     {"item_recall", report.item_recall},
                     {"item_recall_low", report.item_recall_low},
                     {"item_recall_high", report.item_recall_high},
                     {"user_recall", report.user_recall},
                     {"build_seconds", report.build_seconds},
                     {"query_microseconds", report.query_microseconds},
                     {"item_index_bytes", report.item_index_bytes},
                     {"user_index_bytes", report.user_index_bytes},
                     {"item_trials", JsonOf(report.item_trials)},
                     {"user_trials", JsonOf(report.user_trials)},
                     {"forced", report.forced}}
             .dump(2) +
         "\n";
}

}  // namespace shortlist::tools
