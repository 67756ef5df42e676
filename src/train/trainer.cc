#include "train/trainer.h"

#include <filesystem>
#include <memory>

#include "shortlist/error.h"
#include "train/checkpoint.h"
#include "train/training_run.h"

namespace shortlist::train {

namespace fs = std::filesystem;

TrainReport Train(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                  const fs::path& directory, Start start) {
  const std::unique_ptr<comm::Communicator> communicator = comm::MakeSoloCommunicator(backend);
  return Train(settings, dataset, backend, *communicator, directory, start);
}

TrainReport Train(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                  comm::Communicator& communicator, const fs::path& directory, Start start) {
  fs::create_directories(directory);
  TrainingRun run(settings, dataset, backend, communicator, directory);
  if (start == Start::kResume) run.Resume();
  return run.Execute();
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
