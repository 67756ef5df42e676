// The examples of a run, and the batches that they form.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "shortlist/settings.h"
#include "train/batch_builder.h"
#include "train/batch_plan.h"
#include "train/batch_share.h"
#include "train/event_log.h"
#include "train/examples.h"
#include "train/plan.h"

namespace shortlist::train {

// The parts that a model is trained on: training, and validation too for a final fit.
std::vector<const data::Interactions*> TrainedParts(const TrainSettings& settings, const data::Dataset& dataset);

// Settings and dataset must outlive it. Throws Error{kFailedPrecondition} for a dataset without training examples.
class TrainingData {
 public:
  TrainingData(const Settings& settings, const data::Dataset& dataset, RankOf of);
  TrainingData(const TrainingData&) = delete;
  TrainingData& operator=(const TrainingData&) = delete;

  const EventLog& log() const { return log_; }
  std::int64_t examples() const { return static_cast<std::int64_t>(examples_.size()); }
  BatchPlan& plan() { return plan_; }
  // This rank's share of batch `index` of the epoch that the plan has started, with these hard negatives.
  model::TrainBatch Build(std::int64_t epoch, std::int64_t index, std::span<const std::int32_t> hard = {});
  // What is asked in these examples. Not beside Build.
  base::QueryBatch Queries(std::span<const std::int64_t> examples) { return builder_.Queries(examples); }
  // All that the shopper of an example has in training.
  std::span<const std::int32_t> ItemsOfShopper(std::int64_t example) const;

  // Items of the catalog without an event in training, rising.
  std::vector<std::int32_t> UnseenItems() const;
  // Items that a step of each of `ranks` ranks is expected to read.
  std::vector<std::int32_t> FrequentItems(int ranks) const;
  // What a job of `ranks` ranks reads, from some of its batches. Starts the plan's first epoch.
  JobShape Measure(int ranks);

 private:
  RandomSequence RandomOf(std::int64_t epoch, std::int64_t index) const;

  const Settings* settings_;
  const data::Dataset* dataset_;
  EventLog log_;
  std::vector<Example> examples_;
  BatchPlan plan_;
  BatchBuilder builder_;
};

}  // namespace shortlist::train
