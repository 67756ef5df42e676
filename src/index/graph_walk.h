// The best-first walk of a navigable small-world graph by inner product (Malkov and Yashunin, TPAMI 2020, algorithms 2
// and 5): from the entry point greedily down to the lowest level, then on from the best node met of which the links
// have not been followed, until those of all nodes kept have.
//
// A walk waits for memory most of the time, because each node is somewhere else. So all vectors that a step has to
// score are asked for before the first is scored, which Faiss 1.7.3 does not do.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/neighbor.h"

namespace faiss {
struct HNSW;
}

namespace shortlist::index {

// Immutable; thread-safe, and single-threaded per call.
class GraphWalk {
 public:
  // A graph that is sound: every link leads to a node of the same level, and the entry point is on the highest. vectors
  // is row-major [nodes, width], at least one. Both outlive the object.
  GraphWalk(const faiss::HNSW& graph, std::span<const float> vectors, std::int64_t width);

  // The best nodes for the query that a walk meets which keeps `depth` (at least 1): distinct, best first, fewer if the
  // walk meets fewer. The query is as wide as the vectors. Scores are those of VectorTable::Score.
  std::vector<Neighbor> Nearest(const float* query, std::int64_t depth) const;

 private:
  const faiss::HNSW& graph_;
  std::span<const float> vectors_;
  std::int64_t width_;
};

}  // namespace shortlist::index
