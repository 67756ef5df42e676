// Inverted lists (inverted_lists.h) of 4-bit product-quantizer codes (Jégou et al., TPAMI 2011), scanned 32 at a time
// with tables in SIMD registers (André et al., VLDB 2015). The whole vectors are kept beside them, and the best codes
// are scored again with those.
#pragma once

#include <memory>
#include <span>

#include "index/faiss_layout.h"
#include "index/search_structure.h"

namespace shortlist::index {

std::unique_ptr<faiss::Index> BuildIvfPqFastScan(const VectorIndexSettings& settings, std::span<const float> vectors,
                                                 VectorShape shape, const ScanDevice* device);
std::unique_ptr<SearchStructure> OpenIvfPqFastScan(const VectorIndexSettings& settings,
                                                   std::unique_ptr<faiss::Index> index, VectorShape shape);
// Walks over the file of such an index (faiss_layout.h).
void WalkIvfPqFastScan(const VectorIndexSettings& settings, VectorShape shape, FaissLayout& file);

}  // namespace shortlist::index
