// One training run: everything that lives from its first step to its last.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <optional>
#include <vector>

#include "comm/communicator.h"
#include "data/dataset.h"
#include "model/step_exchange.h"
#include "model/two_tower_trainer.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"
#include "train/checkpoint.h"
#include "train/checkpoint_writer.h"
#include "train/hard_negatives.h"
#include "train/meter.h"
#include "train/rank_group.h"
#include "train/run_log.h"
#include "train/trainer.h"
#include "train/training_data.h"
#include "train/validation.h"

namespace shortlist::train {

// Where a run keeps what it writes.
struct RunFiles {
  explicit RunFiles(const std::filesystem::path& directory)
      : last(directory / "last"),
        best(directory / "best"),
        validated(directory / "validated"),
        tensorboard(directory / "tensorboard") {}

  std::filesystem::path last;
  std::filesystem::path best;
  std::filesystem::path validated;  // while a model of several ranks is validated
  std::filesystem::path tensorboard;
};

// Settings, dataset, backend and communicator must outlive it. Every rank of the job runs the same one. Throws
// Error{kInvalidArgument} for settings that do not fit together and Error{kFailedPrecondition} for a dataset without
// training examples.
class TrainingRun {
 public:
  TrainingRun(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
              comm::Communicator& communicator, const std::filesystem::path& directory);

  // Takes the weights of a model directory for the first step; see Train.
  void BeginWith(const std::filesystem::path& model_directory);
  // Continues at the batch after the last checkpoint; see Train.
  void Resume();
  TrainReport Execute();

 private:
  std::optional<StopReason> ReasonToStop() const;
  // From the position's batch to the end of the epoch, unless the run ends before.
  std::optional<StopReason> RunEpoch();
  std::optional<StopReason> RunBatches(std::int64_t end);
  void StartEpoch();
  model::TrainBatch Build(std::int64_t batch);
  void Step(const model::TrainBatch& batch);
  // Saves between two batches if it is time to; says so if the run ends here.
  std::optional<StopReason> Pause();
  void FinishEpoch();
  void CollectLoss();
  // Mean loss of the epoch so far.
  double Loss() const;
  // NaN without validation.
  double Validate();
  // On the leading rank, of the model that all ranks save to be loaded as a whole.
  double ScoreOfAllRanks();
  void Save(Merit merit);
  TrainReport Report(StopReason reason) const;

  const Settings& settings_;
  tensor::Backend& backend_;
  RankGroup group_;
  RunFiles files_;
  Lineage lineage_;
  TrainingData data_;
  double expected_memory_;  // in bytes, of the host
  std::optional<HardNegatives> hard_;
  std::unique_ptr<tensor::Backend>
      host_backend_;                      // on several ranks, whole models are validated here by the leading one
  std::optional<Validation> validation_;  // without it there is no best epoch and no early stop
  std::unique_ptr<model::StepExchange> exchange_;
  model::TwoTowerTrainer trainer_;
  CheckpointWriter checkpoints_;
  Position position_;
  Meter run_meter_;
  Meter epoch_meter_;
  bool resumed_ = false;
  std::unique_ptr<RunLog> log_of_run_;
};

}  // namespace shortlist::train
