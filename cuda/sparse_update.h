// Updates of the table rows that a step used.
#pragma once

#include <span>

#include "cuda/queue.h"
#include "tensor/backend.h"

namespace shortlist::cuda {

// Backend::SparseUpdate. Ids are not checked. Throws as SortByTableRow does.
void SparseUpdate(Queue& queue, tensor::Matrix table, tensor::Matrix state,
                  std::span<const tensor::SparseGradient> uses, const tensor::Optimizer& optimizer);

// Backend::ScatterAdd; the same otherwise.
void ScatterAdd(Queue& queue, std::span<const tensor::SparseGradient> uses, tensor::Matrix gradient);

}  // namespace shortlist::cuda
