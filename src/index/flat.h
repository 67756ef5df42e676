// No structure: the vectors alone, searched by a scan of all.
#pragma once

#include <memory>
#include <span>
#include <vector>

#include "index/faiss_layout.h"
#include "index/search_structure.h"

namespace faiss {
struct IndexFlat;
}

namespace shortlist::index {

std::unique_ptr<faiss::Index> BuildFlat(std::span<const float> vectors, VectorShape shape);
std::unique_ptr<SearchStructure> OpenFlat(std::unique_ptr<faiss::Index> index, VectorShape shape);
// Walks over the file of such an index (faiss_layout.h).
void WalkFlat(VectorShape shape, FaissLayout& file);

// Pointers into a flat index, by id.
std::vector<const float*> RowsOf(const faiss::IndexFlat& flat);

}  // namespace shortlist::index
