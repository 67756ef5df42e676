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
#include "train/candidate_sampler.h"
#include "train/demand.h"
#include "train/event_log.h"
#include "train/examples.h"
#include "train/random_sequence.h"

namespace shortlist::train {

// The items of the log, rising.
std::vector<std::int32_t> ItemsWithEvents(const EventLog& log);

// Log and examples must outlive it. One thread at a time.
class BatchBuilder {
 public:
  BatchBuilder(const EventLog& log, const std::vector<Example>& examples, std::int64_t items,
               const ModelSettings& model, const TrainSettings& settings, RankOf of = {});

  // The rank's share of the batch of these examples; `random` draws negatives, `hard` are the hard ones.
  model::TrainBatch Build(std::span<const std::int64_t> batch, RandomSequence random,
                          std::span<const std::int32_t> hard = {});
  // The batch of all ranks.
  model::TrainBatch BuildWhole(std::span<const std::int64_t> batch, RandomSequence random);
  // What is asked in these examples.
  base::QueryBatch Queries(std::span<const std::int64_t> examples);

 private:
  // All of the batch but the queries, of which it has rows [begin, end).
  model::TrainBatch BuildRows(std::span<const std::int64_t> batch, std::int64_t begin, std::int64_t end,
                              RandomSequence random, std::span<const std::int32_t> hard);
  std::vector<std::int32_t> Positives(std::span<const std::int64_t> batch) const;
  // Behind the rows of other ranks, with whose last history the first row may share a sequence.
  base::QueryBatch QueriesBehind(std::span<const std::int64_t> before, std::span<const std::int64_t> examples);
  void StartQueries(base::QueryBatch& queries) const;
  // Starts with the history of the row before, which the first row may continue.
  void StartSequences(std::span<const std::int64_t> before, base::Sequences& sequences);
  void AppendQuery(const Example& example, base::QueryBatch& queries);
  // Keeps of the batch what the rank computes, and weighs its rows by their share of the batch.
  void TakeShare(model::TrainBatch& out) const;
  void SetRowWeights(std::span<const std::int64_t> batch, model::TrainBatch& out) const;
  void SetLogDemand(std::span<const std::int64_t> batch, model::TrainBatch& out) const;

  const EventLog* log_;
  const std::vector<Example>* examples_;
  PriorSettings prior_;
  RankOf of_;
  HistoryReader histories_;
  features::HistoryEncoder encoder_;
  std::size_t pools_;
  CandidateSampler sampler_;
  bool weighted_ = false;
  DemandCounter demand_;
  std::vector<float> log_popularity_;  // [items]
};

}  // namespace shortlist::train
