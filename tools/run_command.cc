#include <chrono>
#include <iostream>
#include <string>
#include <utility>
#include <vector>

#include <fmt/format.h>

#include "base/log.h"
#include "base/stop_signal.h"
#include "commands.h"
#include "job.h"
#include "report.h"
#include "stages.h"
#include "wiring.h"

namespace shortlist::tools {
namespace {

// Executes stages one after the other and keeps what each took and gave.
class Run {
 public:
  // `stage` returns the text for people and the JSON for programs. Stages are skipped once a stop has been asked for.
  template <class Stage>
  void Do(const std::string& name, const Stage& stage) {
    if (base::StopRequested()) {
      if (skipped_.empty()) skipped_ = name;
      return;
    }
    const auto start = std::chrono::steady_clock::now();
    std::cout << "== " << name << std::endl;
    const auto [text, json] = stage();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    std::cout << text << fmt::format("{} took {:.1f} s\n\n", name, seconds) << std::flush;
    times_ += fmt::format("{:<10} {:>8.1f} s\n", name, seconds);
    json_ += fmt::format("\"{}\": {},\n", name, json);
    total_ += seconds;
  }

  // The first stage that was skipped; empty if all were executed.
  const std::string& skipped() const { return skipped_; }
  std::string Summary() const { return times_ + fmt::format("{:<10} {:>8.1f} s\n", "all", total_); }
  std::string Json() const { return "{\n" + json_ + fmt::format("\"seconds\": {:.3f}\n}}\n", total_); }

 private:
  std::string skipped_;
  std::string times_;
  std::string json_;
  double total_ = 0;
};

using TextAndJson = std::pair<std::string, std::string>;

}  // namespace

Completion Execute(const RunCommand& command) {
  RequireOneProcess("run");
  const Settings settings = Load(command.configuration);
  base::InstallStopSignals();
  Run run;
  auto training = train::StopReason::kCompleted;
  run.Do("prepare", [&] {
    const data::PrepareReport report = Prepare(settings, command.configuration.file.parent_path());
    return TextAndJson(Text(report), Json(report));
  });
  run.Do("train", [&] {
    const train::TrainReport report = Train(settings, train::Start::kFresh);
    training = report.reason;
    return TextAndJson(Text(report), Json(report));
  });
  run.Do("evaluate", [&] {
    const Evaluation evaluation = Evaluate(settings, data::Part::kTest, Contestants::kModelAndBaselines);
    return TextAndJson(evaluation.table, evaluation.json);
  });
  run.Do("index", [&] {
    const index::IndexReport report = Index(settings);
    return TextAndJson(Text(report), Json(report));
  });
  std::cout << run.Summary();
  if (!run.skipped().empty()) {
    const std::string file = command.configuration.file.string();
    const std::string next =
        training == train::StopReason::kSignal ? "train " + file + " --resume" : run.skipped() + " " + file;
    std::cout << fmt::format("stopped by a signal before {}; go on with: shortlist {}\n", run.skipped(), next);
    return Completion::kStopped;
  }
  WriteResult(command.json, run.Json());
  std::cout << fmt::format("bundle: {}\n", LayoutOf(settings).bundle.string());
  return Completion::kDone;
}

}  // namespace shortlist::tools
