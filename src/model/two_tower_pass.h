// Loss and gradients of one batch: both towers forward, the softmax, and both towers backward.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/query_batch.h"
#include "model/item_rows.h"
#include "model/parameters.h"
#include "model/scratch.h"
#include "model/step_exchange.h"
#include "model/tower_head.h"
#include "model/train_batch.h"
#include "model/two_tower.h"
#include "model/user_tower.h"
#include "tensor/backend.h"

namespace shortlist::model {

enum class AccidentalHits { kKeep, kMask };

// Reuses its memory from batch to batch. Spec, layout, item features, exchange and backend must outlive it. One thread
// at a time.
class TwoTowerPass {
 public:
  TwoTowerPass(const TwoTowerSpec& spec, const ParameterLayout& layout, const base::EncodedFeatures& item_features,
               AccidentalHits accidental_hits, StepExchange& exchange, tensor::Backend& backend);

  // Writes the mean loss to `loss` on the device and replaces `gradients`, whose uses live until the next Run; both are
  // this rank's part of the step's until StepExchange::Reduce. Ids must be in range and the batch's arrays as long as
  // TrainBatch says; throws Error{kInvalidArgument} for a step without rows or, with a learned prior, without
  // log_demand.
  void Run(const Parameters& parameters, const TrainBatch& batch, const DropoutPlan& dropout, float* loss,
           Gradients& gradients);

 private:
  // Item indices of a batch as rows of the step's item vectors.
  struct LocalBatch {
    std::vector<std::int32_t> items;  // the distinct items, in order of first use
    base::QueryBatch queries;
    base::Bags candidates;  // of this rank's share
  };

  void Localize(const TrainBatch& batch);
  std::int32_t LocalRow(std::int32_t item);
  // Asks for all embedding rows that the step reads.
  ParameterView Read(const Parameters& parameters);
  tensor::ConstMatrix ItemVectors(const ParameterView& parameters);
  void Loss(const ParameterView& parameters, const TrainBatch& batch, tensor::ConstMatrix queries,
            tensor::ConstMatrix candidates, float* loss, Gradients& gradients);
  const float* Bias(const ParameterView& parameters, const TrainBatch& batch);
  void PriorBackward(const float* bias_gradient, std::int64_t candidates, Gradients& gradients);
  void ItemVectorsBackward(const ParameterView& parameters, Gradients& gradients);

  const TwoTowerSpec* spec_;
  const ParameterLayout* layout_;
  const base::EncodedFeatures* item_features_;
  AccidentalHits accidental_hits_;
  StepExchange* exchange_;
  tensor::Backend* backend_;

  LocalBatch local_;
  std::vector<TableRead> reads_;
  std::vector<std::int32_t> row_of_item_;  // [items], -1 if the batch does not read the item
  ItemRows item_rows_;
  ScratchMatrix item_vectors_;
  ScratchMatrix item_vector_gradient_;
  std::vector<tensor::SparseGradient> item_vector_uses_;

  UserTower user_;
  ScratchBags candidate_memory_;
  tensor::BagsView candidates_;
  ScratchMatrix candidate_input_;
  TowerHead item_head_;

  ScratchArray<std::int32_t> positives_;
  ScratchArray<std::int32_t> item_ids_;
  ScratchArray<float> row_weights_;
  ScratchArray<float> positive_bias_;
  std::vector<float> negative_log_q_;
  ScratchArray<float> negative_log_q_memory_;
  ScratchMatrix bias_;
  ScratchMatrix bias_gradient_;
  base::Bags demand_;
  ScratchBags demand_memory_;
  tensor::BagsView demand_view_;
  ScratchMatrix query_gradient_;
  ScratchMatrix candidate_gradient_;
};

}  // namespace shortlist::model
