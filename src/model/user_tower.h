// The user tower: weighted averages of the history's item vectors, mixed by one matrix each if there are several, or
// what an encoder reads from their order, or both; plus the embeddings of the request's context, then the head.
#pragma once

#include <memory>
#include <vector>

#include "base/query_batch.h"
#include "model/parameter_view.h"
#include "model/parameters.h"
#include "model/scratch.h"
#include "model/sequence_encoder.h"
#include "model/tower_head.h"
#include "model/two_tower.h"
#include "tensor/backend.h"

namespace shortlist::model {

// Keeps the inputs and activations of its last forward pass. Spec, layout and backend must outlive it.
class UserTower {
 public:
  UserTower(const TwoTowerSpec& spec, const ParameterLayout& layout, tensor::Backend& backend);

  // Pools and sequences select rows of item_vectors [*, D]; both must live until Backward is done. The result is [B, D]
  // and lives until the next Forward.
  tensor::Matrix Forward(const ParameterView& parameters, tensor::ConstMatrix item_vectors,
                         const base::QueryBatch& queries, const DropoutPlan& dropout);
  // Adds the gradients of matrices and context tables to `gradients`, and the uses of the item vectors to
  // `item_vector_uses`; the uses live until the next Backward.
  void Backward(const ParameterView& parameters, tensor::ConstMatrix out_gradient, const DropoutPlan& dropout,
                Gradients& gradients, std::vector<tensor::SparseGradient>& item_vector_uses);

 private:
  struct Pool {
    explicit Pool(tensor::Backend& backend) : bags_memory(backend), mean_memory(backend), gradient_memory(backend) {}

    ScratchBags bags_memory;
    tensor::BagsView bags;
    ScratchMatrix mean_memory;
    tensor::ConstMatrix mean;
    ScratchMatrix gradient_memory;
  };

  // Histories in order, and what they become.
  struct Sequences {
    explicit Sequences(tensor::Backend& backend);

    tensor::SequencesView Upload(const base::Sequences& sequences);

    ScratchBags item_memory;
    tensor::BagsView items;
    ScratchBags newest_memory;
    tensor::BagsView newest;
    ScratchArray<std::int64_t> offset_memory;
    std::int64_t first_item = 0;
    ScratchMatrix vector_memory;
    ScratchMatrix encoded_gradient_memory;
  };

  void EncodeHistory(const ParameterView& parameters, tensor::ConstMatrix item_vectors, const base::QueryBatch& queries,
                     const DropoutPlan& dropout, tensor::Matrix out);
  void EncodeBackward(const ParameterView& parameters, tensor::ConstMatrix gradient, const DropoutPlan& dropout,
                      Gradients& gradients, std::vector<tensor::SparseGradient>& item_vector_uses);
  DropoutPlan EncoderDropout(const DropoutPlan& dropout) const {
    return dropout.WithRate(encoder_dropout_).FromRow(sequences_.first_item);
  }
  void PoolHistory(const ParameterView& parameters, tensor::ConstMatrix item_vectors, tensor::Matrix out);
  void AddContext(const ParameterView& parameters, const base::EncodedFeatures& context, tensor::Matrix out);
  void ContextBackward(const ParameterView& parameters, tensor::ConstMatrix gradient, Gradients& gradients);
  void PoolBackward(const ParameterView& parameters, tensor::ConstMatrix gradient, Gradients& gradients,
                    std::vector<tensor::SparseGradient>& item_vector_uses);

  const ParameterLayout* layout_;
  tensor::Backend* backend_;
  std::vector<Pool> pools_;  // none where the encoder stands in their place
  std::unique_ptr<SequenceEncoder> encoder_;
  float encoder_dropout_;
  Sequences sequences_;
  std::vector<ScratchBags> context_memory_;
  std::vector<tensor::BagsView> context_;
  ScratchArray<float> context_dense_memory_;
  tensor::ConstMatrix context_dense_;
  ScratchMatrix input_;
  ScratchMatrix product_;
  ScratchMatrix pooled_gradient_;
  TowerHead head_;
};

}  // namespace shortlist::model
