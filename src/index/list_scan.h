// Search in inverted lists by inner product: the lists of the centroids nearest to the query are scanned, and what the
// query does not want is passed over on the way.
//
// What Faiss 1.7.3 does, in about half its time for single queries: centroids are scored several at a time, four
// vectors of a list share the sum over SIMD lanes, only a vector that is good enough is looked up by its id, and the
// next list is on its way from memory while one is scanned. Scores are those of VectorTable::Score, to the bit.
#pragma once

#include <cstdint>
#include <vector>

#include "index/exact_search.h"
#include "index/nearest_lists.h"
#include "index/query.h"
#include "index/search_structure.h"

namespace faiss {
struct IndexIVF;
}

namespace shortlist::index {

// Immutable; thread-safe, and single-threaded per call.
class ListScan {
 public:
  // Sound lists whose codes are the rows of the table. Both outlive the object.
  ListScan(const faiss::IndexIVF& index, const VectorTable& vectors);

  // The query's k best of those that it wants in the lists of the `probes` nearest centroids, ties by the smaller id;
  // fewer if they hold fewer.
  Found Nearest(const Query& query, std::int64_t probes) const;

 private:
  struct List {
    const std::uint8_t* codes;
    const std::uint8_t* ids;  // of eight bytes each, anywhere in memory
    std::int64_t size;
  };

  class Scan;

  const VectorTable& vectors_;
  std::int64_t code_bytes_;
  std::vector<List> lists_;
  NearestLists nearest_;
};

}  // namespace shortlist::index
