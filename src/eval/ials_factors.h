// Matrix factorization of implicit feedback by alternating least squares.
//
// Minimizes  sum over pairs in the data of (1 - <w_u, h_i>)^2  +  unobserved_weight sum over all pairs of <w_u, h_i>^2
//            + regularization (sum_u c_u |w_u|^2 + sum_i c_i |h_i|^2),
// with c = (events of the row + unobserved_weight rows of the other side)^frequency_exponent: Hu, Koren & Volinsky,
// ICDM 2008, with the regularization of Rendle, Krichene, Zhang & Koren, "Revisiting the performance of iALS on item
// recommendation benchmarks", RecSys 2022 (arXiv 2110.14037). Each row is solved for by
// itself (linear/least_squares.h).
#pragma once

#include <cstdint>
#include <vector>

#include "base/thread_pool.h"
#include "eval/interaction_lists.h"
#include "shortlist/settings/closed_form.h"

namespace shortlist::eval {

// The vectors of the items, row-major [items, dimension]. Depends on the seed, but not on the number of threads.
std::vector<float> FitItemVectors(const IndexLists& items_of_users, std::int64_t items, const IalsSettings& settings,
                                  std::int64_t seed, base::ThreadPool& pool);

}  // namespace shortlist::eval
