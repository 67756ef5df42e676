// The weights of repeat purchases of a trained model, from the events that it was trained on.
#pragma once

#include <cstdint>
#include <filesystem>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "model/two_tower.h"
#include "repeat/fit.h"
#include "repeat/own_purchases.h"
#include "repeat/repeat_weights.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"
#include "train/event_log.h"
#include "train/snapshot_reader.h"

namespace shortlist::train {

// What shoppers could choose from at a time and what they bought in the window behind it, as the model sees it: values
// are those of OwnPurchases, then similarity and the item's own term. Only events before the time are known; `towers`
// is left with the demand of that time.
class ChoiceReader {
 public:
  // The references must outlive it.
  ChoiceReader(const Settings& settings, const data::Dataset& dataset, const EventLog& log, model::TwoTower& towers,
               tensor::Backend& backend);

  // At most repeat.max_shoppers, of those who bought before `time` and within repeat.horizon_days after it.
  std::vector<repeat::Choice> ChoicesAt(std::int64_t time);

 private:
  repeat::Choice ChoiceOf(const SnapshotShopper& shopper, std::span<const float> vector, std::span<const float> scores,
                          std::int64_t time) const;

  const Settings* settings_;
  SnapshotReader reader_;
  repeat::OwnPurchases purchases_;
  double scale_;
};

// Fits the weights to repeat.snapshots times before the end of the trained parts. The model is that in `directory`,
// with its fitted prior, on the backend. Throws Error{kFailedPrecondition} if nobody bought twice that far apart.
repeat::RepeatWeights FitRepeatWeights(const Settings& settings, const data::Dataset& dataset,
                                       const std::filesystem::path& directory, tensor::Backend& backend);

// Where the weights stand beside the checkpoints.
std::filesystem::path RepeatFileOf(const std::filesystem::path& checkpoints);

}  // namespace shortlist::train
