// The training loop: dataset in, checkpoints out.
#pragma once

#include <cstdint>
#include <filesystem>
#include <optional>
#include <string>
#include <vector>

#include "comm/communicator.h"
#include "data/dataset.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"

namespace shortlist::train {

enum class StopReason { kCompleted, kEarlyStop, kMaxSteps, kSignal };

struct EpochReport {
  std::int64_t epoch = 0;
  double loss = 0;  // mean over the epoch's examples, in natural logarithms
  double examples_per_second = 0;
  double cpu_seconds = 0;
  double validation_metric = 0;  // of early_stop.metric; NaN without validation
};

struct TrainReport {
  StopReason reason = StopReason::kCompleted;
  std::int64_t steps = 0;
  std::int64_t best_epoch = 0;
  double best_metric = 0;
  double seconds = 0;
  double expected_memory_bytes = 0;  // of the host at its peak, as stated before the run; 0 where models are solved for
  std::vector<EpochReport> epochs;
};

enum class Start { kFresh, kResume };

// Writes below `directory`: last/ and best/ (each a checkpoint: model/ as TwoTower::Save writes it, optimizer state,
// training position, checkpoint.json with digests and lineage) and tensorboard/ event files. Checkpoints are replaced
// atomically. kResume continues at the exact batch after last/, or begins where there is none yet, and throws
// Error{kFailedPrecondition} if settings or dataset differ from those it was written with. A stop signal
// (base/stop_signal.h) writes last/ and returns kSignal.
//
// `initial` is a model directory of the same shape, whose weights a training begins with that has no checkpoint to go
// on from; without one they are random.
//
// Once training has ended by itself, prior.json (train/prior_fit.h, with model.prior.refit) and then repeat.json
// (repeat/repeat_weights.h, with model.repeat) are fitted beside the checkpoints.
//
// A model that is solved for (model.kind) has one checkpoint, last/, and no optimizer state; it is solved for anew
// whatever the start, by rank 0 (train/closed_form_fit.h).
//
// Every rank of the communicator calls it with the same arguments but its own backend and communicator; `directory` is
// on a file system that all share. N ranks compute what one computes, up to the rounding of sums, and any number of
// ranks resumes what any other number wrote. Rank 0 validates, reports and completes checkpoints; a stop signal to any
// rank stops all after the same step.
TrainReport Train(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                  comm::Communicator& communicator, const std::filesystem::path& directory, Start start,
                  const std::optional<std::filesystem::path>& initial = std::nullopt);
// The same for a job of one rank.
TrainReport Train(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                  const std::filesystem::path& directory, Start start);

// The model directory of the best checkpoint below `directory`, or of the last one if there is no best. Verifies it;
// throws Error{kNotFound} or Error{kDataLoss} naming the file.
std::filesystem::path FindModel(const std::filesystem::path& directory);

}  // namespace shortlist::train
