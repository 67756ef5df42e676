// The best-first walk of a navigable small-world graph by inner product (Malkov and Yashunin, TPAMI 2020, algorithms 2
// and 5): from the entry point greedily down to the lowest level, then on from the best node met of which the links
// have not been followed, until those of all nodes kept have.
//
// A walk waits for memory most of the time, because each node is somewhere else. So all vectors that a step has to
// score are asked for before the first is scored, which Faiss 1.7.3 does not do.
#pragma once

#include <cstdint>
#include <vector>

#include "index/exact_search.h"

namespace faiss {
struct HNSW;
}

namespace shortlist::index {

// Immutable; thread-safe, and single-threaded per call.
class GraphWalk {
 public:
  // A graph that outlives the object and is sound: every link leads to a node of the same level, and the entry point is
  // on the highest. With the vectors of its nodes, at least one.
  GraphWalk(const faiss::HNSW& graph, VectorTable vectors);

  // The best nodes for the query that a walk meets which keeps `depth` (at least 1): distinct, best first, fewer if the
  // walk meets fewer. The query is as wide as the vectors.
  std::vector<std::int32_t> Nearest(const float* query, std::int64_t depth) const;

 private:
  const faiss::HNSW& graph_;
  VectorTable vectors_;
};

}  // namespace shortlist::index
