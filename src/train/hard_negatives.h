// Hard negatives: items that the model itself ranks high for an example, though the shopper has them nowhere in
// training.
//
// Batches are known beforehand, so that the items for all batches up to the next search are found in one go, with the
// vectors of the model as it is then: the exact top-k of the whole catalog, on the backend. What was found is a
// function of the model, the seed and the place in training; a checkpoint between two searches keeps it.
#pragma once

#include <cstdint>
#include <filesystem>
#include <functional>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "eval/dot_product_recommender.h"
#include "model/two_tower.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"
#include "train/training_data.h"

namespace shortlist::train {

// The hard negatives of batches [first_batch, end_batch()) of an epoch.
struct FoundNegatives {
  std::int64_t epoch = -1;
  std::int64_t first_batch = 0;
  std::vector<std::int64_t> offsets{0};  // [batches + 1]
  std::vector<std::int32_t> items;

  std::int64_t end_batch() const { return first_batch + static_cast<std::int64_t>(offsets.size()) - 1; }
  bool Holds(std::int64_t of_epoch, std::int64_t batch) const {
    return of_epoch == epoch && batch >= first_batch && batch < end_batch();
  }
  // None for a batch that it does not hold.
  std::span<const std::int32_t> Of(std::int64_t of_epoch, std::int64_t batch) const;
};

// A safetensors file, atomically. Reading throws Error{kDataLoss} naming the file if it is not as it was written.
void WriteFoundNegatives(const FoundNegatives& found, const std::filesystem::path& path);
FoundNegatives ReadFoundNegatives(const std::filesystem::path& path);

// One thread at a time.
class HardNegatives {
 public:
  // The references must outlive it.
  HardNegatives(const Settings& settings, const data::Dataset& dataset, TrainingData& data, tensor::Backend& backend);

  // Sees to it that the batches from `batch` of the epoch that the plan has started to the returned one (excluded) have
  // their negatives. Asks for the model only if it has to search.
  std::int64_t Prepare(const std::function<const model::TwoTower&()>& model, std::int64_t epoch, std::int64_t batch);

  const FoundNegatives& found() const { return found_; }
  void Restore(FoundNegatives found) { found_ = std::move(found); }

 private:
  void Search(const model::TwoTower& model, std::int64_t epoch, std::int64_t batch, std::int64_t end);
  // Examples of the batch that are searched for.
  std::vector<std::int64_t> ChooseExamples(std::int64_t batch, RandomSequence& random) const;
  void AppendItems(const model::TwoTower& model, const eval::DotProductRecommender& catalog,
                   std::span<const std::int64_t> examples, RandomSequence& random);

  const Settings* settings_;
  const HardNegativeSettings* hard_;
  const data::Dataset* dataset_;
  TrainingData* data_;
  tensor::Backend* backend_;
  FoundNegatives found_;
};

}  // namespace shortlist::train
