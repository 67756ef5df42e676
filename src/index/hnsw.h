// A navigable small-world graph (Malkov and Yashunin, TPAMI 2020), walked by inner product, with the links of two
// graphs: one built by inner product (ip-NSW: Morozov and Babenko, NeurIPS 2018), one by distance between vectors of
// equal norm (equal_norms.h).
//
// Each alone fails on vectors of unequal norm, as trained models have unless similarity is cosine. On 40,981 item
// vectors with norms from .06 to 2.5, links, depth and build depth at their defaults:
//
//   links by           recall@10   recall@100   items that no walk can reach
//   inner product         .991         .932      31%
//   equal norms           .917         .961       0
//   both                  .997         .998       0
//
// Vectors of equal norm give the same graph twice, so then it is built once.
#pragma once

#include <memory>
#include <span>

#include "index/faiss_layout.h"
#include "index/search_structure.h"

namespace shortlist::index {

// The graph depends on the order in which threads insert: only one OpenMP thread gives the same graph every time.
std::unique_ptr<faiss::Index> BuildHnsw(const VectorIndexSettings& settings, std::span<const float> vectors,
                                        VectorShape shape);
std::unique_ptr<SearchStructure> OpenHnsw(const VectorIndexSettings& settings, std::unique_ptr<faiss::Index> index,
                                          VectorShape shape);
// Walks over the file of such an index (faiss_layout.h).
void WalkHnsw(VectorShape shape, FaissLayout& file);

}  // namespace shortlist::index
