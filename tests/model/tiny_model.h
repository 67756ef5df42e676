// A model of a few items in which every part is present, and batches for it.
#pragma once

#include <cstdint>
#include <vector>

#include "base/query_batch.h"
#include "model/train_batch.h"
#include "model/two_tower.h"
#include "tensor/backend.h"

namespace shortlist::model {

inline constexpr std::int64_t kTinyItems = 7;

// Two item features (the second multi-hot), dense item columns, one context feature and dense context columns, two
// pools, perceptrons with residual on both sides, a learned temperature and a learned prior. No dropout.
TwoTowerSpec FullSpec();
ItemInputs FullItems();

// Ids alone: one pool, no perceptron, no prior.
TwoTowerSpec PlainSpec();
ItemInputs PlainItems();

// Three shoppers for FullSpec; the last has no history. Row r's positive is candidate r; candidates repeat an item.
TrainBatch FullBatch();
// As FullBatch, without context, for PlainSpec.
TrainBatch PlainBatch();

base::Bags MakeBags(const std::vector<std::vector<std::int32_t>>& ids, const std::vector<std::vector<float>>& weights);

std::vector<float> Download(tensor::Backend& backend, tensor::ConstMatrix values);

}  // namespace shortlist::model
