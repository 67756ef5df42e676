// What the kinds share whose vectors lie in inverted lists and nowhere else.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>

#include "index/inverted_lists.h"
#include "index/list_scan.h"
#include "index/search_structure.h"

namespace shortlist::index {

class ListStructure : public SearchStructure {
 public:
  ~ListStructure() override;

  std::int64_t MaxNeighbors() const override;
  const faiss::Index& faiss_index() const override;
  std::unique_ptr<faiss::Index> Release() override;
  const VectorTable& Vectors() const override;
  Found Nearest(const Query& query, std::int64_t count, std::int64_t unwanted) const override;

 protected:
  // Requires sound lists of codes, as many and as wide as `padded` says.
  ListStructure(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index, VectorShape padded);

  const faiss::IndexIVF& lists() const { return *lists_; }

  // What the codes are, once it is known that they are sound. Without it nothing can be searched.
  void SetVectors(VectorTable vectors);

 private:
  std::unique_ptr<faiss::Index> index_;
  const faiss::IndexIVF* lists_;
  ProbeRule rule_;
  VectorTable vectors_;
  std::optional<ListScan> scan_;
};

}  // namespace shortlist::index
