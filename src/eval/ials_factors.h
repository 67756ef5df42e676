// Matrix factorization of implicit feedback by alternating least squares.
//
// Minimizes  sum over pairs in the data of (1 - <w_u, h_i>)^2  +  unobserved_weight sum over all pairs of <w_u, h_i>^2
//            + regularization (sum_u c_u |w_u|^2 + sum_i c_i |h_i|^2),
// with c = (events of the row + unobserved_weight rows of the other side)^frequency_exponent: Hu, Koren & Volinsky,
// ICDM 2008, with the regularization of Rendle, Krichene, Zhang & Koren, "Revisiting the performance of iALS on item
// recommendation benchmarks", RecSys 2022 (arXiv 2110.14037). Each row is solved for exactly, by Cholesky's
// factorization of a matrix as wide as the row has events, or as the vectors, whichever is less.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "eval/history_weights.h"
#include "eval/interaction_lists.h"
#include "shortlist/settings/evaluate.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::eval {

// Solves for rows of one side, given all vectors of the other.
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

// The vectors of the items, row-major [items, dimension]. Depends on the seed, but not on the number of threads.
std::vector<float> FitItemVectors(const IndexLists& items_of_users, std::int64_t items, const IalsSettings& settings,
                                  std::int64_t seed, base::ThreadPool& pool);

}  // namespace shortlist::eval
