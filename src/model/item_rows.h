// The input vectors of items, which the item tower and the shopper's history read alike:
//   x_i = id embedding + sum of the pooled embeddings of its features + dense features * W.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/query_batch.h"
#include "model/parameter_view.h"
#include "model/parameters.h"
#include "model/scratch.h"
#include "model/step_exchange.h"
#include "model/two_tower.h"
#include "tensor/backend.h"

namespace shortlist::model {

// Whether x_i is the id embedding alone, so that the id table itself holds all input vectors.
inline bool IdsOnly(const TwoTowerSpec& spec) {
  return spec.item_features.empty() && spec.item_dense == 0;
}

// Throws Error{kInvalidArgument} naming the feature unless `features` has `rows` rows in the shapes that the spec gives
// to item features: offsets in order, ids in the cardinality.
void CheckFeatures(const char* what, const std::vector<FeatureShape>& shapes, std::int64_t dense_width,
                   const base::EncodedFeatures& features, std::int64_t rows);

// The rows of `features` at `rows`, in that order.
base::EncodedFeatures SelectRows(const base::EncodedFeatures& features, std::span<const std::int32_t> rows);

// A selection of items and its input vectors. The backend and the layout must outlive it.
class ItemRows {
 public:
  ItemRows(const ParameterLayout& layout, tensor::Backend& backend);

  // ids select rows of the id table; features has as many rows, or none when the model has no item features.
  void Select(std::span<const std::int32_t> ids, base::EncodedFeatures features);
  // As Select for items that have no id embedding.
  void SelectWithoutIds(base::EncodedFeatures features);

  // Appends what Forward is going to read; the ids may be changed in between.
  void AppendReads(std::vector<TableRead>& reads);

  // out is [selected, D].
  void Forward(const ParameterView& parameters, tensor::Matrix out);
  // Adds the gradients of all that Forward read. Reads out_gradient until the gradients have been applied.
  void Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient, Gradients& gradients);

 private:
  void Upload();

  const ParameterLayout* layout_;
  tensor::Backend* backend_;
  std::int64_t rows_ = 0;
  base::Bags id_rows_;
  base::EncodedFeatures feature_rows_;
  ScratchBags id_memory_;
  std::vector<ScratchBags> feature_memory_;
  tensor::BagsView ids_;
  std::vector<tensor::BagsView> features_;
  ScratchArray<float> dense_memory_;
  tensor::ConstMatrix dense_;
  ScratchMatrix product_;
};

}  // namespace shortlist::model
