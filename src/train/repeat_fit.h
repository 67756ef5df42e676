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
#include "train/demand.h"
#include "train/event_log.h"

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
  struct Shopper;
  std::vector<Shopper> ShoppersAt(std::int64_t time) const;
  void EncodeItems(std::int64_t time);
  std::vector<float> EncodeShoppers(std::span<const Shopper> shoppers, std::int64_t time) const;
  // Dot products with all items, row-major [shoppers, items].
  std::vector<float> Score(std::span<const float> vectors) const;
  repeat::Choice ChoiceOf(const Shopper& shopper, std::span<const float> vector, std::span<const float> scores,
                          std::int64_t time) const;

  const Settings* settings_;
  const data::Dataset* dataset_;
  const EventLog* log_;
  model::TwoTower* towers_;
  tensor::Backend* backend_;
  DemandCounter demand_;
  repeat::OwnPurchases purchases_;
  double scale_;
  std::vector<float> item_vectors_;         // [items, width]
  tensor::Buffer transposed_item_vectors_;  // [width, items], on the backend
};

// Fits the weights to repeat.snapshots times before the end of the trained parts. The model is that in `directory`, on
// the backend. Throws Error{kFailedPrecondition} if nobody bought twice that far apart.
repeat::RepeatWeights FitRepeatWeights(const Settings& settings, const data::Dataset& dataset,
                                       const std::filesystem::path& directory, tensor::Backend& backend);

// Where the weights stand beside the checkpoints.
std::filesystem::path RepeatFileOf(const std::filesystem::path& checkpoints);

}  // namespace shortlist::train
