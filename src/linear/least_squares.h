// One row of a matrix factorization of implicit feedback, given all vectors of the other side: the vector w that
// minimizes
//   sum over the row's events of weight (1 - <w, h>)^2 + unobserved_weight sum over all h of <w, h>^2
//   + regularization c |w|^2,  c = (summed weights + unobserved_weight rows of the other side)^frequency_exponent
// (Hu, Koren & Volinsky, ICDM 2008; Rendle, Krichene, Zhang & Koren, RecSys 2022, arXiv 2110.14037), by Cholesky's
// factorization of a matrix as wide as the row has events, or as the vectors, whichever is less.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "linear/weighted_item.h"
#include "shortlist/settings/closed_form.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::linear {

class LeastSquares {
 public:
  // `fixed` is row-major [rows, dimension].
  LeastSquares(std::span<const float> fixed, const IalsSettings& settings, base::ThreadPool& pool);

  // The vector, [dimension], of a row with these events. Many threads at once; each brings its scratch.
  struct Scratch {
    std::vector<float> roots;
    std::vector<float> scales;
    std::vector<float> gathered;
    std::vector<float> matrix;
    std::vector<float> solution;
    std::vector<tensor::cpu::WeightedRow> rows;
  };
  void Solve(std::span<const WeightedItem> events, std::span<float> vector, Scratch& scratch) const;

 private:
  // Fills `roots`, `scales` and `gathered`.
  void Gather(std::span<const WeightedItem> events, Scratch& scratch) const;

  std::int64_t others_;
  IalsSettings settings_;
  // unobserved_weight fixed' fixed = axes' diag(stretches) axes
  std::vector<float> axes_;
  std::vector<float> stretches_;
  std::vector<float> rotated_;  // fixed axes'
};

}  // namespace shortlist::linear
