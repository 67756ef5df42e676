// The weights of demand, fitted once more when the towers are trained.
//
// Training weighs all times of the past alike; what tells rising items from falling ones now is what did so last. So
// the weights of the prior's windows are fitted to the new items that shoppers took behind a few late times, as a
// conditional logit over all items that they did not have: the logit of an item becomes
//   scale * similarity + sum over windows w of (weight_w + change_w) * log_demand_w,
// in which the loss is convex in the changes.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "model/two_tower.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"

namespace shortlist::train {

struct PriorWeights {
  std::vector<double> weights;  // by window, in logits per log(events + 1)
  std::string model_sha256;     // of the checkpoint.json of the model that they belong to
};

// The model is that in `directory`, on the backend. Throws Error{kFailedPrecondition} if nobody took a new item in the
// snapshots.
PriorWeights FitPriorWeights(const Settings& settings, const data::Dataset& dataset,
                             const std::filesystem::path& directory, tensor::Backend& backend);

// Where they stand beside the checkpoints.
std::filesystem::path PriorFileOf(const std::filesystem::path& checkpoints);

// Sealed JSON, atomically. Reading throws Error{kDataLoss} for a file that is not as it was written.
void WritePriorWeights(const PriorWeights& weights, const std::filesystem::path& path);
PriorWeights ReadPriorWeights(const std::filesystem::path& path);

// The model of a checkpoint with its fitted prior, if it has one. Throws Error{kFailedPrecondition} if its prior is to
// be fitted and is not yet.
model::TwoTower LoadFitted(const std::filesystem::path& directory, tensor::Backend& backend);

}  // namespace shortlist::train
