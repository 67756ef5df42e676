#include "train/trainer.h"

#include <filesystem>
#include <memory>

#include "repeat/repeat_weights.h"
#include "shortlist/error.h"
#include "train/checkpoint.h"
#include "train/closed_form_fit.h"
#include "train/prior_fit.h"
#include "train/repeat_fit.h"
#include "train/training_run.h"

namespace shortlist::train {

namespace fs = std::filesystem;

namespace {

// What is fitted to the trained towers. Where rows are divided among ranks, the whole model is read on the host.
void FitBehindTowers(const Settings& settings, const data::Dataset& dataset, const comm::Communicator& communicator,
                     tensor::Backend& backend, const fs::path& directory) {
  std::unique_ptr<tensor::Backend> host;
  if (communicator.size() > 1) host = tensor::MakeCpuBackend(static_cast<int>(settings.threads));
  tensor::Backend& fitting = host ? *host : backend;
  const fs::path model = FindModel(directory);
  if (settings.model.prior.refit.snapshots > 0) {
    WritePriorWeights(FitPriorWeights(settings, dataset, model, fitting), PriorFileOf(directory));
  }
  if (settings.model.repeat.kind == RepeatKind::kNone) return;
  repeat::WriteRepeatWeights(FitRepeatWeights(settings, dataset, model, fitting), RepeatFileOf(directory));
}

}  // namespace

TrainReport Train(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                  const fs::path& directory, Start start) {
  const std::unique_ptr<comm::Communicator> communicator = comm::MakeSoloCommunicator(backend);
  return Train(settings, dataset, backend, *communicator, directory, start);
}

TrainReport Train(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                  comm::Communicator& communicator, const fs::path& directory, Start start,
                  const std::optional<fs::path>& initial) {
  fs::create_directories(directory);
  if (IsClosedForm(settings.model.kind)) {
    TrainReport report;
    if (communicator.rank() == 0) report = TrainClosedForm(settings, dataset, backend, directory);
    communicator.Barrier();
    return report;
  }
  TrainingRun run(settings, dataset, backend, communicator, directory);
  if (initial) run.BeginWith(*initial);
  if (start == Start::kResume) run.Resume();
  TrainReport report = run.Execute();
  if (report.reason == StopReason::kSignal) return report;
  if (communicator.rank() == 0) FitBehindTowers(settings, dataset, communicator, backend, directory);
  communicator.Barrier();
  return report;
}

// A best checkpoint counts only if it is of the same training as the last one.
fs::path FindModel(const fs::path& directory) {
  const RunFiles files(directory);
  if (!fs::exists(files.best) && !fs::exists(files.last)) {
    throw Error(Code::kNotFound, "there is no checkpoint below '" + directory.string() + "'; train first");
  }
  if (!fs::exists(files.last)) {
    VerifyCheckpoint(files.best);
    return ModelOf(files.best);
  }
  if (fs::exists(files.best)) {
    const Lineage best = VerifyCheckpoint(files.best);
    if (best.DifferenceFrom(ReadLineage(files.last)).empty()) return ModelOf(files.best);
  }
  VerifyCheckpoint(files.last);
  return ModelOf(files.last);
}

}  // namespace shortlist::train
