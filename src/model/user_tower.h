// The user tower: weighted averages of the history's item vectors, mixed by one matrix each if there are several, plus
// the embeddings of the request's context, then the head.
#pragma once

#include <vector>

#include "base/query_batch.h"
#include "model/parameter_view.h"
#include "model/parameters.h"
#include "model/scratch.h"
#include "model/tower_head.h"
#include "model/two_tower.h"
#include "tensor/backend.h"

namespace shortlist::model {

// Keeps the inputs and activations of its last forward pass. Spec, layout and backend must outlive it.
class UserTower {
 public:
  UserTower(const TwoTowerSpec& spec, const ParameterLayout& layout, tensor::Backend& backend);

  // pools[p] select rows of item_vectors [*, D]; both must live until Backward is done. The result is [B, D] and lives
  // until the next Forward.
  tensor::Matrix Forward(const ParameterView& parameters, tensor::ConstMatrix item_vectors,
                         const std::vector<base::Bags>& pools, const base::EncodedFeatures& context,
                         const DropoutPlan& dropout);
  // Adds the gradients of matrices and context tables to `gradients`, and one use of the item vectors per pool to
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

  void PoolHistory(const ParameterView& parameters, tensor::ConstMatrix item_vectors, tensor::Matrix out);
  void AddContext(const ParameterView& parameters, const base::EncodedFeatures& context, tensor::Matrix out);
  void ContextBackward(const ParameterView& parameters, tensor::ConstMatrix gradient, Gradients& gradients);
  void PoolBackward(const ParameterView& parameters, tensor::ConstMatrix gradient, Gradients& gradients,
                    std::vector<tensor::SparseGradient>& item_vector_uses);

  const ParameterLayout* layout_;
  tensor::Backend* backend_;
  std::vector<Pool> pools_;
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
