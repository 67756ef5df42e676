#include <algorithm>
#include <iostream>
#include <optional>

#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/stop_signal.h"
#include "base/stopwatch.h"
#include "base/thread_pool.h"
#include "batch_export.h"
#include "commands.h"
#include "report.h"
#include "wiring.h"

namespace shortlist::tools {

namespace {

ExportPlan PlanOf(const ExportCommand& command, const Settings& settings) {
  ExportPlan plan = command.plan;
  const auto configured =
      settings.serve.seen == SeenRule::kAllow ? serve::SeenPolicy::kAllow : serve::SeenPolicy::kMask;
  plan.seen = command.seen.value_or(configured);
  return plan;
}

}  // namespace

Completion Execute(const ExportCommand& command) {
  const Settings settings = Load(command.configuration);
  base::InstallStopSignals();
  const std::optional<index::ScanDevice> device = FindScanDevice(settings);
  const auto snapshot = serve::ServingSnapshot::Load(
      command.bundle.empty() ? LayoutOf(settings).bundle : command.bundle, device ? &*device : nullptr);
  BatchExport batch(snapshot, PlanOf(command, settings), command.out);
  base::ThreadPool pool(static_cast<int>(settings.threads));
  const base::Stopwatch watch;
  const bool whole = batch.Run(pool);
  const double seconds = watch.seconds();
  if (!whole) {
    std::cout << "stopped by a signal; the same command goes on with the parts that are missing\n";
    return Completion::kStopped;
  }
  const index::Bundle& bundle = snapshot->bundle();
  const nlohmann::ordered_json json{{"bundle_version", bundle.version()},
                                    {"shoppers", bundle.user_count()},
                                    {"items", bundle.items().size()},
                                    {"k", command.plan.k},
                                    {"parts", batch.parts()},
                                    {"shoppers_written", batch.written_shoppers()},
                                    {"seconds", seconds},
                                    {"directory", command.out.string()}};
  WriteResult(command.json, json.dump(2) + "\n");
  std::cout << fmt::format("{} best items of {} shoppers in {} ({} files); {:.0f} shoppers per second\n",
                           command.plan.k, Grouped(bundle.user_count()), command.out.string(), batch.parts(),
                           static_cast<double>(batch.written_shoppers()) / std::max(seconds, 1e-9));
  return Completion::kDone;
}

}  // namespace shortlist::tools
