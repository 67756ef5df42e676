// Which inverted lists a query visits: those of the centroids nearest to it. Centroids are scored several at a time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "index/neighbor.h"

namespace faiss {
struct IndexIVF;
}

namespace shortlist::index {

// Immutable; thread-safe, and single-threaded per call. Needs the index no more once it is made.
class NearestLists {
 public:
  // Of sound lists. Queries are `width` wide, which may be less than the index: the rest of a query is zero.
  NearestLists(const faiss::IndexIVF& index, std::int64_t width);

  // The numbers of the `probes` nearest lists, nearest first; all if there are fewer.
  std::vector<Neighbor> Find(std::span<const float> query, std::int64_t probes) const;

 private:
  // One row per coordinate, so that centroids follow each other, padded to a whole number of registers.
  std::vector<float> coordinates_;
  // - |c|^2 / 2, with which the nearest centroid has the largest inner product; NaN where there is none.
  std::vector<float> half_squares_;
};

}  // namespace shortlist::index
