// Matrix factorization of implicit feedback by alternating least squares.
//
// Minimizes  sum over pairs in the data of (1 - <w_u, h_i>)^2  +  unobserved_weight sum over all pairs of <w_u, h_i>^2
//            + regularization (sum_u c_u |w_u|^2 + sum_i c_i |h_i|^2),
// with c = (events of the row + unobserved_weight rows of the other side)^frequency_exponent: Hu, Koren & Volinsky,
// ICDM 2008, with the regularization of Rendle, Krichene, Zhang & Koren, "Revisiting the performance of iALS on item
// recommendation benchmarks", RecSys 2022 (arXiv 2110.14037). Each row is solved for exactly, by Cholesky.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "base/thread_pool.h"
#include "eval/history_weights.h"
#include "eval/interaction_lists.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

// Solves for rows of one side, given all vectors of the other.
class LeastSquares {
 public:
  // `fixed`, row-major [rows, dimension], must outlive this and not change.
  LeastSquares(std::span<const float> fixed, const IalsSettings& settings, base::ThreadPool& pool);

  // The vector, [dimension], of a row with these events. Many threads at once; each brings its scratch.
  struct Scratch {
    std::vector<float> gathered;
    std::vector<float> matrix;
  };
  void Solve(std::span<const WeightedItem> events, std::span<float> vector, Scratch& scratch) const;

 private:
  std::span<const float> fixed_;
  IalsSettings settings_;
  std::vector<float> gram_;  // unobserved_weight fixed' fixed, its lower triangle
};

// The vectors of the items, row-major [items, dimension]. Depends on the seed, but not on the number of threads.
std::vector<float> FitItemVectors(const IndexLists& items_of_users, std::int64_t items, const IalsSettings& settings,
                                  std::int64_t seed, base::ThreadPool& pool);

}  // namespace shortlist::eval
