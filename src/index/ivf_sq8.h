// Inverted lists (inverted_lists.h) of vectors with one byte per value, evenly spaced over the values that it takes in
// any vector (a scalar quantizer). Nothing else is kept of the vectors: a quarter of the bytes, for scores that differ
// from those of whole vectors in the third digit.
#pragma once

#include <memory>
#include <span>

#include "index/faiss_layout.h"
#include "index/search_structure.h"

namespace shortlist::index {

std::unique_ptr<faiss::Index> BuildIvfSq8(const VectorIndexSettings& settings, std::span<const float> vectors,
                                          VectorShape shape, const ScanDevice* device);
std::unique_ptr<SearchStructure> OpenIvfSq8(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index,
                                            VectorShape shape);
// Walks over the file of such an index (faiss_layout.h).
void WalkIvfSq8(VectorShape shape, FaissLayout& file);

}  // namespace shortlist::index
