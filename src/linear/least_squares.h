// One row of a matrix factorization of implicit feedback, given all vectors of the other side: the vector w that
// minimizes
//   sum over the row's events of weight (1 - <w, h>)^2 + unobserved_weight sum over all h of <w, h>^2
//   + regularization c |w|^2,  c = (summed weights + unobserved_weight rows of the other side)^frequency_exponent
// (Hu, Koren & Volinsky, ICDM 2008; Rendle, Krichene, Zhang & Koren, RecSys 2022, arXiv 2110.14037), by conjugate
// gradients (Hestenes & Stiefel 1952) that are preconditioned with all but the row's events, until the residual is a
// thousandth of what it was.
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
    std::vector<float> scales;
    std::vector<float> gathered;
    std::vector<tensor::cpu::WeightedRow> rows;
    std::vector<const void*> places;
    std::vector<float> products;
    std::vector<float> solution;
    std::vector<float> residual;
    std::vector<float> direction;
    std::vector<float> image;
  };
  void Solve(std::span<const WeightedItem> events, std::span<float> vector, Scratch& scratch) const;

 private:
  // Fills `scales`, `gathered`, and `rows` with the roots of weights.
  void Gather(std::span<const WeightedItem> events, Scratch& scratch) const;
  // Fills `solution`.
  void SolveGathered(Scratch& scratch) const;
  void MultiplyByMatrix(Scratch& scratch) const;

  std::int64_t others_;
  IalsSettings settings_;
  // unobserved_weight fixed' fixed = axes' diag(stretches) axes
  std::vector<float> axes_;
  std::vector<float> stretches_;
  std::vector<float> rotated_;  // fixed axes'
};

}  // namespace shortlist::linear
