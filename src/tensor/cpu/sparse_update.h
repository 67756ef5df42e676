#pragma once

#include <span>

#include "base/thread_pool.h"
#include "tensor/backend.h"

namespace shortlist::tensor::cpu {

// Backend::SparseUpdate and Backend::ScatterAdd. One task owns a table row, and sums its gradients in the order of
// their occurrence.
void SparseUpdate(base::ThreadPool& pool, Matrix table, Matrix state, std::span<const SparseGradient> uses,
                  const Optimizer& optimizer);
void ScatterAdd(base::ThreadPool& pool, std::span<const SparseGradient> uses, Matrix gradient);

}  // namespace shortlist::tensor::cpu
