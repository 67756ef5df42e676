#include "index/list_structure.h"

#include <algorithm>
#include <utility>

#include <faiss/IndexIVF.h>

#include "index/require.h"
#include "index/soundness.h"

namespace shortlist::index {

ListStructure::ListStructure(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index,
                             VectorShape padded)
    : index_(std::move(index)), lists_(dynamic_cast<const faiss::IndexIVF*>(index_.get())) {
  RequireStored(lists_ != nullptr, "it has no inverted lists");
  RequireShape(*lists_, padded);
  RequireLists(*lists_);
  RequireListCodes(*lists_);
  rule_ = ProbeRule(settings, *lists_);
}

ListStructure::~ListStructure() = default;

// Beyond a quarter of the lists a scan of all vectors takes no longer.
std::int64_t ListStructure::MaxNeighbors() const {
  return rule_.NeighborsWithin(std::max(rule_.least(), static_cast<std::int64_t>(lists_->nlist) / 4));
}

const faiss::Index& ListStructure::faiss_index() const {
  return *index_;
}

std::unique_ptr<faiss::Index> ListStructure::Release() {
  return std::move(index_);
}

void ListStructure::SetVectors(VectorTable vectors) {
  vectors_ = std::move(vectors);
  scan_.emplace(*lists_, vectors_);
}

const VectorTable& ListStructure::Vectors() const {
  return vectors_;
}

Found ListStructure::Nearest(const Query& query, std::int64_t count, std::int64_t unwanted) const {
  return scan_->Nearest(query, rule_.ProbesFor(count + unwanted));
}

}  // namespace shortlist::index
