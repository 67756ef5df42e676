// Examples to batches: histories, contexts, candidates and their sampling probabilities.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "features/history_encoder.h"
#include "model/train_batch.h"
#include "shortlist/settings/model.h"
#include "shortlist/settings/train.h"
#include "train/batch_share.h"
#include "train/demand.h"
#include "train/event_log.h"
#include "train/examples.h"
#include "train/random_sequence.h"

namespace shortlist::train {

// Log and examples must outlive it. One thread at a time.
class BatchBuilder {
 public:
  BatchBuilder(const EventLog& log, const std::vector<Example>& examples, std::int64_t items,
               const ModelSettings& model, const TrainSettings& settings, RankOf of = {});

  // The rank's share of the batch of these examples; `random` draws the sampled negatives.
  model::TrainBatch Build(std::span<const std::int64_t> batch, RandomSequence random);
  // The batch of all ranks.
  model::TrainBatch BuildWhole(std::span<const std::int64_t> batch, RandomSequence random);

 private:
  // All of the batch but the queries, of which it has rows [begin, end).
  model::TrainBatch BuildRows(std::span<const std::int64_t> batch, std::int64_t begin, std::int64_t end,
                              RandomSequence random);
  std::int32_t Positive(std::int64_t example) const;
  void StartQueries(base::QueryBatch& queries) const;
  void AppendQuery(const Example& example, base::QueryBatch& queries);
  void ChooseCatalog(std::span<const std::int64_t> batch, model::TrainBatch& out) const;
  void ChooseInBatch(std::span<const std::int64_t> batch, RandomSequence& random, model::TrainBatch& out) const;
  void SetLogQ(std::int64_t positives, model::TrainBatch& out) const;
  // Keeps of the batch what the rank computes, and weighs its rows by their share of the batch.
  void TakeShare(model::TrainBatch& out) const;
  void SetRowWeights(std::span<const std::int64_t> batch, model::TrainBatch& out) const;
  void SetLogDemand(std::span<const std::int64_t> batch, model::TrainBatch& out) const;

  const EventLog* log_;
  const std::vector<Example>* examples_;
  std::int64_t items_;
  PriorSettings prior_;
  TrainSettings settings_;
  RankOf of_;
  HistoryReader histories_;
  features::HistoryEncoder encoder_;
  std::size_t pools_;
  std::vector<double> positive_share_;  // [items], of the examples
  bool weighted_ = false;
  DemandCounter demand_;
  std::vector<float> log_popularity_;  // [items]
};

}  // namespace shortlist::train
