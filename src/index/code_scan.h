// Candidates from inverted lists of four-bit codes: the lists of the centroids nearest to the query are scanned, and
// the vectors with the best estimates of their inner products are named.
//
// Finds what the fast-scan of Faiss 1.7.3 finds, in about half its time for single queries: centroids are scored
// several at a time, and the best are selected by counting estimates instead of by partitioning a reservoir again and
// again. Estimates are whole numbers of 16 bits: a query's table is rounded to a byte per entry, as in fast-scan.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/nearest_lists.h"
#include "index/query.h"

namespace faiss {
struct IndexIVFPQFastScan;
}

namespace shortlist::index {

struct Candidates {
  std::vector<std::int32_t> ids;
  std::int64_t passed_over = 0;  // unwanted vectors whose estimates are as good
};

// Immutable; thread-safe, and single-threaded per call.
class CodeScan {
 public:
  // Sound lists in blocks of 32, not of residuals, which outlive the object. Queries are `width` wide; the rest of what
  // the index is wide is zero.
  CodeScan(const faiss::IndexIVFPQFastScan& index, std::int64_t width);

  // Of the vectors in the lists of the `probes` nearest centroids, the `count` that the query wants with the best
  // estimates, in no order; of equal estimates the smaller ids. Fewer if more than `unwanted` others have estimates as
  // good, or the lists do not hold as many. The query's k does not matter.
  Candidates Best(const Query& query, std::int64_t probes, std::int64_t count, std::int64_t unwanted) const;

 private:
  struct List {
    const std::uint8_t* blocks;
    const std::int64_t* ids;
    std::int64_t size;
  };

  std::vector<std::uint8_t> TableOf(std::span<const float> query) const;
  std::vector<List> ListsNear(std::span<const float> query, std::int64_t probes) const;
  // Of whole blocks.
  static std::size_t EstimatesOf(const std::vector<List>& lists);
  // Appends those of whole blocks; gives those of the list's vectors.
  std::span<const std::uint16_t> AppendEstimates(const std::vector<std::uint8_t>& table, const List& list,
                                                 std::vector<std::uint16_t>& estimates) const;
  void Fetch(const List& list) const;

  const faiss::IndexIVFPQFastScan& index_;
  NearestLists nearest_;
  std::int64_t codes_;  // of a vector, with the one that pads an odd number
  std::vector<List> lists_;
};

}  // namespace shortlist::index
