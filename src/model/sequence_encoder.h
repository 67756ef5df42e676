// Encoders that read the order of the history: each row of a sequence receives a vector of what stands up to it, so
// that one pass over a history encodes all of its beginnings.
#pragma once

#include <memory>

#include "model/parameter_view.h"
#include "model/parameters.h"
#include "model/tower_head.h"
#include "model/two_tower.h"
#include "tensor/backend.h"

namespace shortlist::model {

// Keeps the activations of its last forward pass. One thread at a time.
class SequenceEncoder {
 public:
  virtual ~SequenceEncoder() = default;

  // items is [rows, D]; so is the result, which lives until the next Forward, as must items.
  virtual tensor::Matrix Forward(const ParameterView& parameters, tensor::ConstMatrix items,
                                 const tensor::SequencesView& sequences, const DropoutPlan& dropout) = 0;
  // d loss / d items, which lives until the next Backward; adds the gradients of the encoder's arrays.
  virtual tensor::Matrix Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient,
                                  const DropoutPlan& dropout, Gradients& gradients) = 0;
};

// By spec.settings.history.encoder.kind; null for kPooled. Layout and backend must outlive it.
//
// kAttention: every row is the average of the items up to it, weighted by causal attention with learned biases by
// distance. kGru: stacked gated recurrent units (GRU4Rec, Hidasi et al. 2016). kTransformer: pre-norm blocks of
// attention and perceptron, each added to its input (SASRec, Kang & McAuley 2018, with learned biases by distance in
// place of absolute positions).
std::unique_ptr<SequenceEncoder> MakeSequenceEncoder(const TwoTowerSpec& spec, const ParameterLayout& layout,
                                                     tensor::Backend& backend);

}  // namespace shortlist::model
