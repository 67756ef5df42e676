// Training steps of a two-tower model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "model/step_exchange.h"
#include "model/train_batch.h"
#include "model/two_tower.h"
#include "shortlist/settings/train.h"

namespace shortlist::model {

// All that a checkpoint stores of a trainer at one instant, in host memory, so that it can be written while training
// goes on. On several ranks it is this rank's part of the files; rank 0's includes the model's description. The trainer
// must outlive it.
class TrainerSnapshot {
 public:
  TrainerSnapshot(TrainerSnapshot&&) noexcept;
  TrainerSnapshot& operator=(TrainerSnapshot&&) noexcept;
  ~TrainerSnapshot();

  // Thread-safe against the trainer's steps.
  void WriteModel(const std::filesystem::path& directory) const;
  void WriteState(const std::filesystem::path& path) const;
  // The files that both write, of this rank alone.
  std::vector<std::filesystem::path> Files(const std::filesystem::path& directory,
                                           const std::filesystem::path& state_path) const;

 private:
  friend class TwoTowerTrainer;
  struct State;
  explicit TrainerSnapshot(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

// Owns the model while it is trained. With settings.weight_average_decay the model holds the exponential moving average
// of the weights, and the trainer keeps those that the optimizer changes. One thread at a time.
class TwoTowerTrainer {
 public:
  // `seed` draws the dropout masks. The model's backend must outlive the trainer.
  TwoTowerTrainer(TwoTower model, const TrainSettings& settings, std::uint64_t seed);
  // A new model with random parameters from `seed`, of which this rank keeps what the exchange says. Exchange and
  // backend must outlive the trainer.
  TwoTowerTrainer(TwoTowerSpec spec, ItemInputs items, const TrainSettings& settings, std::uint64_t seed,
                  tensor::Backend& backend, StepExchange& exchange);
  ~TwoTowerTrainer();
  TwoTowerTrainer(TwoTowerTrainer&&) noexcept;
  TwoTowerTrainer& operator=(TwoTowerTrainer&&) noexcept;

  // Gives items that no batch will show an id embedding of zero, so that they are known by their features alone, like
  // those of TwoTower::EncodeNewItems. Before the first step.
  void ForgetIds(std::span<const std::int32_t> items);

  // One update from one batch, or from this rank's share of it; see TwoTowerPass::Run for what a batch must satisfy.
  void Step(const TrainBatch& batch);
  std::int64_t steps() const;

  // The sum over steps of rows * mean loss since the last call, over all ranks. Waits for the device.
  double TakeLossSum();

  // The model as of the last step, for encoding and saving; valid until the next Step. Throws
  // Error{kFailedPrecondition} where this rank keeps a part of the rows.
  const TwoTower& Publish();

  // The model, the optimizer's state, the step count and, with averaging, the weights behind the average: all that an
  // uninterrupted run would have.
  TrainerSnapshot Snapshot() const;
  // Continue from what any number of ranks wrote; without its state, from weights that are their own average. Throw
  // Error{kDataLoss} naming file and array for one that does not fit the model and the settings.
  void LoadWeights(const std::filesystem::path& directory);
  void LoadState(const std::filesystem::path& path);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::model
