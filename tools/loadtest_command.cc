#include <fstream>
#include <iostream>
#include <string>
#include <vector>

#include <fmt/format.h>

#include "base/progress.h"
#include "base/stop_signal.h"
#include "commands.h"
#include "index/bundle.h"
#include "loadtest/load_generator.h"
#include "loadtest/load_report.h"
#include "report.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

std::vector<std::string> UserIdsOfBundle(const std::filesystem::path& directory) {
  const index::Bundle bundle = index::Bundle::Open(directory);
  std::vector<std::string> ids;
  for (std::int32_t user = 0; user < bundle.user_count(); ++user) ids.emplace_back(bundle.UserId(user));
  return ids;
}

std::vector<std::string> UserIdsOfFile(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::vector<std::string> ids;
  for (std::string line; std::getline(file, line);) {
    if (!line.empty()) ids.push_back(line);
  }
  if (!ids.empty()) return ids;
  throw Error(Code::kInvalidArgument, path.string() + ": holds no user ids; give one per line");
}

std::vector<std::string> UserIds(const LoadtestCommand& command) {
  if (!command.users.empty()) return UserIdsOfFile(command.users);
  if (!command.bundle.empty()) return UserIdsOfBundle(command.bundle);
  return {};
}

// Shows how a load test comes along, until a stop is asked for.
class LoadtestProgress {
 public:
  explicit LoadtestProgress(const LoadPlan& plan)
      : progress_("load test", static_cast<std::int64_t>(plan.rate * static_cast<double>(plan.duration.count()) / 1000),
                  "calls") {}

  bool KeepOn(const LoadProgress& now) {
    progress_.Advance(now.answered - shown_);
    shown_ = now.answered;
    progress_.SetNote(fmt::format("p99 {}, {} failed", LatencyText(now.latencies.Quantile(.99)), now.failed));
    return !base::StopRequested();
  }

 private:
  base::Progress progress_;
  std::int64_t shown_ = 0;
};

LoadReport RunShowing(const LoadPlan& plan, const PreparedCalls& calls) {
  LoadtestProgress progress(plan);
  return RunLoad(plan, calls, [&](const LoadProgress& now) { return progress.KeepOn(now); });
}

}  // namespace

void Execute(const LoadtestCommand& command) {
  base::InstallStopSignals();
  const PreparedCalls calls = PrepareCalls(command.plan, UserIds(command));
  const LoadReport report = RunShowing(command.plan, calls);
  WriteResult(command.json, Json(command.plan, report));
  std::cout << Text(command.plan, report);
}

}  // namespace shortlist::tools
