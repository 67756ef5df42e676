// The matrix behind EASE: the inverse of the items' regularized co-occurrence counts.
#pragma once

#include <cstdint>
#include <vector>

#include "base/thread_pool.h"
#include "eval/interaction_lists.h"
#include "shortlist/settings/evaluate.h"
#include "tensor/cpu/gemm.h"

namespace shortlist::eval {

// P = r (X'X + r I)^-1 for X [users, items] of zeros and ones and the regularization r. Where users are fewer than
// items, only (XX' + r I)^-1, [users, users], is inverted and kept, and columns of P = I - X' (XX' + r I)^-1 X
// (Woodbury) are computed when they are asked for. Immutable.
class ItemPrecision {
 public:
  // Throws Error{kInvalidArgument} if the matrix is not positive definite in float32.
  ItemPrecision(IndexLists items_of_users, std::int64_t items, const EaseSettings& settings, base::ThreadPool& pool);

  // Of the dense matrix that is kept, in bytes.
  static double MemoryFor(std::int64_t users, std::int64_t items);

  std::int64_t items() const { return items_; }

  // Columns [begin, end) of P: [items, end - begin], in `scratch` or in this. One call at a time per pool.
  tensor::cpu::ConstTile Columns(std::int64_t begin, std::int64_t end, std::vector<float>& scratch,
                                 base::ThreadPool& pool) const;

 private:
  bool keeps_items() const { return inverse_rows_ == items_; }
  void InvertItems(double regularization, base::ThreadPool& pool);
  void InvertUsers(double regularization, base::ThreadPool& pool);
  void AddRows(std::int64_t begin, std::int64_t end, std::vector<float>& products, base::ThreadPool& pool) const;

  std::int64_t items_;
  IndexLists items_of_;
  IndexLists users_of_;
  std::vector<float> roots_;  // [users]: of their weights
  std::int64_t inverse_rows_;
  std::vector<float> inverse_;  // [inverse_rows, inverse_rows]
};

}  // namespace shortlist::eval
