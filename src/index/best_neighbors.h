// The best of many neighbors.
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "index/neighbor.h"

namespace shortlist::index {

// Collects the k best neighbors of those it is offered, in any order; of equal scores the smaller ids. NaN is never
// among them.
//
// Keeps more than k and drops those below the k-th when there are too many: a selection among twice as many costs less
// than a heap that is put in order for each.
class BestNeighbors {
 public:
  explicit BestNeighbors(std::int64_t k);

  void Offer(Neighbor neighbor) {
    if (neighbor.score >= bar_) Keep(neighbor);
  }

  // A neighbor that scores less is not among the k best. -infinity at first; NaN if k is 0.
  float bar() const { return bar_; }

  // Best first. Leaves the collection empty.
  std::vector<Neighbor> Take();

 private:
  void Keep(Neighbor neighbor);
  void DropAllButBest();

  std::size_t k_;
  std::size_t room_;
  float bar_;
  // Of neighbors: the larger, the better.
  std::vector<std::uint64_t> keys_;
};

}  // namespace shortlist::index
