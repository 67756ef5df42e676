#include <iostream>
#include <optional>

#include <fmt/format.h>

#include "base/stop_signal.h"
#include "commands.h"
#include "data/synthesize.h"
#include "job.h"
#include "report.h"
#include "shortlist/error.h"
#include "stages.h"
#include "wiring.h"

namespace shortlist::tools {

void Execute(const SynthesizeCommand& command) {
  const Settings settings = Load(command.configuration);
  const std::filesystem::path out = command.out.empty() ? LayoutOf(settings).root / "source" : command.out;
  data::Synthesize(settings.synthesize, settings.seed, out);
  std::cout << fmt::format("{} events of {} shoppers and {} items in {}\n", Grouped(settings.synthesize.events),
                           Grouped(settings.synthesize.users), Grouped(settings.synthesize.items), out.string());
}

void Execute(const PrepareCommand& command) {
  const Settings settings = Load(command.configuration);
  const data::PrepareReport report =
      Prepare(settings, command.configuration.file.parent_path(), std::nullopt, command.reuse);
  WriteResult(command.json, Json(report));
  std::cout << Text(report);
}

Completion Execute(const TrainCommand& command) {
  const Settings settings = Load(command.configuration);
  base::InstallStopSignals();
  const train::TrainReport report = Train(settings, command.start);
  const bool stopped = report.reason == train::StopReason::kSignal;
  const Completion completion = stopped ? Completion::kStopped : Completion::kDone;
  if (ReadJob().rank != 0) return completion;
  WriteResult(command.json, Json(report));
  std::cout << Text(report);
  if (stopped) {
    std::cout << fmt::format("stopped by a signal; go on with: shortlist train {} --resume\n",
                             command.configuration.file.string());
  }
  return completion;
}

void Execute(const EvaluateCommand& command) {
  const Settings settings = Load(command.configuration);
  eval::RequireAnswerable(command.gate, settings.evaluate);
  const Evaluation evaluation = Evaluate(settings, command.part, command.contestants);
  WriteResult(command.json, evaluation.json);
  std::cout << evaluation.table;
  const std::vector<std::string> shortfalls = eval::Shortfalls(evaluation.rows, command.gate);
  if (shortfalls.empty()) return;
  throw Error(Code::kFailedPrecondition, fmt::format("the model is not good enough\n{}", fmt::join(shortfalls, "\n")));
}

void Execute(const IndexCommand& command) {
  const index::IndexReport report = Index(Load(command.configuration), command.gate);
  WriteResult(command.json, Json(report));
  std::cout << Text(report);
}

}  // namespace shortlist::tools
