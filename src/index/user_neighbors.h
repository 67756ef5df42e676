// The best items of every shopper of a bundle, at the speed of matrix products.
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "base/thread_pool.h"
#include "index/bundle.h"
#include "index/neighbor.h"

namespace shortlist::index {

// Whether a shopper's own items may be among the best.
enum class OwnItems { kLeftOut, kAllowed };

// Exact, whatever the kind of the bundle's index: each thread scores a tile of items for many shoppers at once. Needs a
// copy of the item vectors.
class UserNeighbors {
 public:
  // The bundle must outlive the object.
  UserNeighbors(const Bundle& bundle, OwnItems own);
  ~UserNeighbors();
  UserNeighbors(const UserNeighbors&) = delete;
  UserNeighbors& operator=(const UserNeighbors&) = delete;

  // The k best items of shoppers [first, first + count), by the vectors that the bundle has for them, best first; fewer
  // if fewer remain.
  std::vector<std::vector<Neighbor>> Of(std::int32_t first, std::int32_t count, std::int64_t k,
                                        base::ThreadPool& pool) const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::index
