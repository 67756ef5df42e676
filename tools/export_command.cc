#include <algorithm>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/progress.h"
#include "base/stopwatch.h"
#include "base/thread_pool.h"
#include "commands.h"
#include "data/shortlist_file.h"
#include "index/bundle.h"
#include "index/user_neighbors.h"
#include "report.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

// Shoppers whose answers are in memory at a time: a row group of the file.
constexpr std::int32_t kShoppersPerGroup = 8192;

data::ShortlistRow RowOf(const index::Bundle& bundle, std::int32_t user, const std::vector<index::Neighbor>& best) {
  data::ShortlistRow row{bundle.UserId(user), {}, {}};
  for (const index::Neighbor& neighbor : best) {
    row.item_ids.push_back(bundle.ItemId(neighbor.id));
    row.scores.push_back(neighbor.score);
  }
  return row;
}

void ExportAll(const index::Bundle& bundle, const ExportCommand& command, base::ThreadPool& pool) {
  const index::UserNeighbors neighbors(bundle, command.own);
  data::ShortlistFile file(command.out);
  const auto users = static_cast<std::int32_t>(bundle.user_count());
  base::Progress progress("export", users, "shoppers");
  for (std::int32_t first = 0; first < users; first += kShoppersPerGroup) {
    const std::int32_t count = std::min(kShoppersPerGroup, users - first);
    const auto best = neighbors.Of(first, count, command.k, pool);
    std::vector<data::ShortlistRow> rows;
    for (std::int32_t i = 0; i < count; ++i) {
      rows.push_back(RowOf(bundle, first + i, best[static_cast<std::size_t>(i)]));
    }
    file.Append(rows);
    progress.Advance(count);
  }
  file.Commit();
}

}  // namespace

void Execute(const ExportCommand& command) {
  const Settings settings = Load(command.configuration);
  const index::Bundle bundle = index::Bundle::Open(command.bundle.empty() ? LayoutOf(settings).bundle : command.bundle);
  base::ThreadPool pool(static_cast<int>(settings.threads));
  const base::Stopwatch watch;
  ExportAll(bundle, command, pool);
  const double seconds = watch.seconds();
  const nlohmann::ordered_json json{{"bundle_version", bundle.version()},
                                    {"users", bundle.user_count()},
                                    {"items", bundle.item_count()},
                                    {"k", command.k},
                                    {"seconds", seconds},
                                    {"file", command.out.string()}};
  WriteResult(command.json, json.dump(2) + "\n");
  std::cout << fmt::format("{} best items of {} shoppers in {}, {:.0f} shoppers per second\n", command.k,
                           Grouped(bundle.user_count()), command.out.string(),
                           static_cast<double>(bundle.user_count()) / std::max(seconds, 1e-9));
}

}  // namespace shortlist::tools
