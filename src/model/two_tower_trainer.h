// Training steps of a two-tower model.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>

#include "model/train_batch.h"
#include "model/two_tower.h"
#include "shortlist/settings/train.h"

namespace shortlist::model {

// Owns the model while it is trained. With settings.weight_average_decay the model holds the exponential moving average
// of the weights, and the trainer keeps those that the optimizer changes. One thread at a time.
class TwoTowerTrainer {
 public:
  // `seed` draws the dropout masks. The model's backend must outlive the trainer.
  TwoTowerTrainer(TwoTower model, const TrainSettings& settings, std::uint64_t seed);
  ~TwoTowerTrainer();
  TwoTowerTrainer(TwoTowerTrainer&&) noexcept;
  TwoTowerTrainer& operator=(TwoTowerTrainer&&) noexcept;

  // One update from one batch; see TwoTowerPass::Run for what a batch must satisfy.
  void Step(const TrainBatch& batch);
  std::int64_t steps() const;

  // The sum over steps of rows * mean loss since the last call. Waits for the device.
  double TakeLossSum();

  // The model as of the last step, for encoding and saving; valid until the next Step.
  const TwoTower& Publish();

  // Optimizer state, step count and, with averaging, the weights behind the average: with the model, all that an
  // uninterrupted run would have. LoadState throws Error{kDataLoss} naming file and array for a state that does not
  // fit the model and the settings.
  void SaveState(const std::filesystem::path& path) const;
  void LoadState(const std::filesystem::path& path);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::model
