#include <iostream>

#include "commands.h"
#include "report.h"
#include "serve/compaction.h"
#include "shortlist/error.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

serve::CompactionPlan PlanOf(const CompactCommand& command) {
  const Settings settings = Load(command.configuration);
  serve::CompactionPlan plan{command.bundle, command.log, command.out, settings.threads, command.gate};
  if (plan.bundle.empty()) plan.bundle = LayoutOf(settings).bundle;
  if (plan.log.empty()) plan.log = settings.serve.catalog.log;
  if (plan.result.empty()) plan.result = LayoutOf(settings).bundle;
  if (!plan.log.empty()) return plan;
  throw Error(Code::kInvalidArgument, "there is no log of catalog changes; set serve.catalog.log or pass --log");
}

}  // namespace

void Execute(const CompactCommand& command) {
  const serve::CompactionPlan plan = PlanOf(command);
  const std::optional<index::IndexReport> report = serve::Compact(plan);
  if (!report) {
    WriteResult(command.json, "{\"version\": null}\n");
    std::cout << "nothing to merge: " << plan.log.string() << " has no change that " << plan.bundle.string()
              << " lacks\n";
    return;
  }
  WriteResult(command.json, Json(*report));
  std::cout << Text(*report);
}

}  // namespace shortlist::tools
