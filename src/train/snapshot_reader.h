// The past as a trained model would have seen it: what shoppers had and what they took next, at times in the events
// that a model was trained on.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "features/history_encoder.h"
#include "model/two_tower.h"
#include "shortlist/settings.h"
#include "tensor/backend.h"
#include "train/demand.h"
#include "train/event_log.h"

namespace shortlist::train {

// A shopper at one time: events [begin, now) of the log are known, [now, end) are what is taken next.
struct SnapshotShopper {
  std::int64_t begin = 0;
  std::int64_t now = 0;
  std::int64_t end = 0;

  features::HistoryView History(const EventLog& log) const;
  std::span<const std::int32_t> Taken(const EventLog& log) const;
};

// Rising, each once.
std::vector<std::int32_t> DistinctItems(std::span<const std::int32_t> items);

class SnapshotReader {
 public:
  // The references must outlive it.
  SnapshotReader(const Settings& settings, const data::Dataset& dataset, const EventLog& log, model::TwoTower& towers,
                 tensor::Backend& backend);

  const EventLog& log() const { return *log_; }
  std::int64_t items() const { return dataset_->items(); }

  // Those with events both before `time` and within `horizon_days` after it; at most so many, evenly spaced.
  std::vector<SnapshotShopper> ShoppersAt(std::int64_t time, double horizon_days, std::int64_t most) const;

  // Gives the towers the demand of that time, and encodes the items: what follows is of it.
  void MoveTo(std::int64_t time);
  // The inputs of the prior, [items, DemandWidth].
  std::span<const float> prior_inputs() const { return prior_inputs_; }
  std::span<const float> item_vectors() const { return item_vectors_; }  // [items, width]

  // Calls `visit` with parts of the shoppers, their vectors [part, width], and the dot products with all items,
  // [part, items].
  using Visit = std::function<void(std::span<const SnapshotShopper> part, std::span<const float> vectors,
                                   std::span<const float> scores)>;
  void ForEachPart(std::span<const SnapshotShopper> shoppers, const Visit& visit) const;

 private:
  std::vector<float> Encode(std::span<const SnapshotShopper> shoppers) const;
  std::vector<float> Score(std::span<const float> vectors) const;

  const Settings* settings_;
  const data::Dataset* dataset_;
  const EventLog* log_;
  model::TwoTower* towers_;
  tensor::Backend* backend_;
  DemandCounter demand_;
  std::int64_t time_ = 0;
  std::vector<float> prior_inputs_;
  std::vector<float> item_vectors_;
  tensor::Buffer transposed_item_vectors_;  // [width, items], on the backend
};

}  // namespace shortlist::train
