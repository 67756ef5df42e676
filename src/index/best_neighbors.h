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
// Keeps `spare` more than k, and drops those below the k-th when there are more: a selection among many at once costs
// less than a heap that is put in order for each. The bar rises when some are dropped, so few to spare are better where
// it is dear to make an offer.
class BestNeighbors {
 public:
  // Twice k, and some more where k is small.
  explicit BestNeighbors(std::int64_t k);
  // `spare` is at least 1.
  BestNeighbors(std::int64_t k, std::int64_t spare);

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
