// Nearest neighbors by inner product, in the structures of Faiss. Cosine similarity is the inner product of normalized
// vectors.
//
// The kinds, and what they do on 40,981 item vectors x 64 with norms from .06 to 2.5, searched with 2,000 user vectors
// (recall@10 and processor time per query at the default settings on a core of a busy machine, by index_benchmark;
// tuning.h finds better ones):
//
//   flat             a scan of all vectors                                      1.000   510 us
//   hnsw             a graph walked by inner product (hnsw.h)                    .997    54 us
//   ivf_flat         lists of whole vectors around centroids (inverted_lists.h)  .989    13 us
//   ivf_sq8          lists of vectors with one byte per value                    .983    11 us
//   ivf_pq_fastscan  lists of 4-bit codes, the best scored again in full         .962    58 us
//
// Every score that is returned is the exact inner product with the stored vector, whatever the kind. Fewer than 4,096
// vectors are scanned whatever the settings say, and so is everything when so many neighbors are asked for that a scan
// is the faster or better way.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "index/neighbor.h"
#include "index/query.h"
#include "index/scan_device.h"
#include "shortlist/settings/index.h"

namespace shortlist::index {

// Immutable after Build or Load; Search is thread-safe and single-threaded per call.
class VectorIndex {
 public:
  // vectors is row-major [count, width]; ids are the row numbers. Zero or fewer threads means one per core. Given one
  // thread, equal input gives an equal index; the graph of hnsw differs a little from build to build with more. With a
  // device, centroids of lists are learned there, and a flat index scans there for batches. Throws
  // Error{kInvalidArgument} for a vector that is not finite or whose squared norm is not.
  static VectorIndex Build(const VectorIndexSettings& settings, std::span<const float> vectors, std::int64_t width,
                           int threads = 1, const ScanDevice* device = nullptr);
  // The caller has verified the file's digest; settings are those of Build, but for the search-time ones
  // (hnsw_search_depth, probes, refine_factor, neighbors), which may differ. Throws Error{kDataLoss} naming the file if
  // it is not a sound index of `expected_count` vectors of `expected_width`.
  static VectorIndex Load(const std::filesystem::path& path, const VectorIndexSettings& settings,
                          std::int64_t expected_count, std::int64_t expected_width, const ScanDevice* device = nullptr);
  ~VectorIndex();
  VectorIndex(VectorIndex&&) noexcept;
  VectorIndex& operator=(VectorIndex&&) noexcept;

  // The same vectors, searched with other search-time settings (hnsw_search_depth, probes, refine_factor, neighbors),
  // by the CPU. Leaves this index good for nothing but destruction.
  VectorIndex Reopened(const VectorIndexSettings& settings) &&;

  // Atomic. The file is one that faiss::read_index reads; docs/formats.md says what it holds.
  void Save(const std::filesystem::path& path) const;

  std::int64_t size() const;
  std::int64_t width() const;
  // In effect: flat for a small catalog.
  IndexKind kind() const;

  // The k best for the query, best first, ties by the smaller id; fewer if the index has fewer. `excluded` (sorted,
  // unique) never appear, and cost no places: k results are returned whenever k remain. Throws Error{kInvalidArgument}
  // for k below 1 and for a query of another width or that is not finite.
  std::vector<Neighbor> Search(std::span<const float> query, std::int64_t k,
                               std::span<const std::int32_t> excluded = {}) const;
  // What Search answers to each of the queries, to the bit; one that allows only some is answered exactly, by looking
  // at no others unless it is one of several. Throws what Search throws, before any of them is searched.
  std::vector<std::vector<Neighbor>> SearchBatch(std::span<const Query> queries) const;
  // Whether a batch takes less time than its queries one by one, because it reads the vectors once for all of them.
  bool gains_from_batches() const;

  // Of the `ranks` best for the query, about, those that it allows and does not exclude: the k best of them, maybe
  // fewer. `ranks` is at most max_ranks().
  std::vector<Neighbor> SearchAndFilter(const Query& query, std::int64_t ranks) const;
  // The largest number of neighbors for which a search is worth its time; 0 where every search is a scan.
  std::int64_t max_ranks() const;

  // The stored vector of an id (exact for every kind).
  std::vector<float> Vector(std::int32_t id) const;

 private:
  struct State;
  explicit VectorIndex(std::unique_ptr<State> state);
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::index
