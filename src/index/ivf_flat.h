// Inverted lists (inverted_lists.h) of whole vectors.
#pragma once

#include <memory>
#include <span>

#include "index/faiss_layout.h"
#include "index/search_structure.h"

namespace shortlist::index {

std::unique_ptr<faiss::Index> BuildIvfFlat(const VectorIndexSettings& settings, std::span<const float> vectors,
                                           VectorShape shape, const ScanDevice* device);
std::unique_ptr<SearchStructure> OpenIvfFlat(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index,
                                             VectorShape shape);
// Walks over the file of such an index (faiss_layout.h).
void WalkIvfFlat(VectorShape shape, FaissLayout& file);

}  // namespace shortlist::index
