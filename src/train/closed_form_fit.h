// Models that are solved for instead of trained (model.kind), as checkpoints like any other.
#pragma once

#include <filesystem>

#include "data/dataset.h"
#include "model/two_tower.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"
#include "train/trainer.h"

namespace shortlist::train {

// The model of the events of the training part, and of validation with train.include_validation; the same on any number
// of threads. Throws Error{kInvalidArgument} naming the setting if the dense matrices of item_knn or ease take more
// memory than they may.
model::TwoTower FitClosedForm(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend);

// Fits the model and writes it to last/ below `directory` as Train does, without steps and without epochs. The report's
// metric is that of validation, NaN without.
TrainReport TrainClosedForm(const Settings& settings, const data::Dataset& dataset, tensor::Backend& backend,
                            const std::filesystem::path& directory);

}  // namespace shortlist::train
