// What the kinds of index differ in: how they are built and how they find likely neighbors without looking at every
// vector. Order and completeness of answers are the same for all of them and live in VectorIndex.
//
// They are those of Faiss 1.7.3, also where a newer Faiss is found: what a newer one has beside them, as RaBitQ
// from 1.11, is neither built nor tried, and a file of such an index is refused by the walk that comes before reading.
#pragma once

#include <cstdint>
#include <filesystem>
#include <memory>
#include <span>
#include <vector>

#include "index/exact_search.h"
#include "index/query.h"
#include "index/scan_device.h"
#include "shortlist/settings/index.h"

namespace faiss {
struct Index;
}

namespace shortlist::index {

// What a search came to.
struct Found {
  std::vector<Neighbor> neighbors;  // best first
  // Unwanted vectors that were met and that ranked, when they were, among the k best.
  std::int64_t passed_over = 0;
};

// Immutable; thread-safe.
class SearchStructure {
 public:
  virtual ~SearchStructure() = default;

  // What is stored of the vectors, by id. Points into the structure.
  virtual const VectorTable& Vectors() const = 0;

  // The largest number of neighbors worth asking for; beyond it a scan of all vectors is faster or finds more. 0 if a
  // scan is always better.
  virtual std::int64_t MaxNeighbors() const = 0;

  // The query's k best of those that it wants among the vectors that are looked at to find its `count` best well, even
  // if `unwanted` others rank before them; maybe fewer than k. Room for the unwanted is cheaper than a larger count,
  // because they need not be found well.
  virtual Found Nearest(const Query& query, std::int64_t count, std::int64_t unwanted) const = 0;

  // As it is stored in a file.
  virtual const faiss::Index& faiss_index() const = 0;
  // Leaves the structure good for nothing but destruction.
  virtual std::unique_ptr<faiss::Index> Release() = 0;
};

// The vectors that a structure is to hold.
struct VectorShape {
  std::int64_t count = 0;
  std::int64_t width = 0;
};

// Fewer vectors than kFewestStructured are scanned whatever the settings say: that is faster and exact.
inline constexpr std::int64_t kFewestStructured = 4096;
IndexKind KindInEffect(const VectorIndexSettings& settings, std::int64_t count);

// vectors is row-major of the shape. With a device, what it is good for is computed there.
std::unique_ptr<SearchStructure> BuildStructure(const VectorIndexSettings& settings, std::span<const float> vectors,
                                                VectorShape shape, const ScanDevice* device = nullptr);

// The same structure, searched with the search-time settings given. Of a structure of the kind that they name.
std::unique_ptr<SearchStructure> Reopen(std::unique_ptr<SearchStructure> structure, const VectorIndexSettings& settings,
                                        VectorShape shape);

void SaveStructure(const SearchStructure& structure, const std::filesystem::path& path);

// Throws Error{kDataLoss} naming the file unless it is a sound index of the kind in effect and of the shape.
std::unique_ptr<SearchStructure> LoadStructure(const std::filesystem::path& path, const VectorIndexSettings& settings,
                                               VectorShape shape);

}  // namespace shortlist::index
