// Checks that every kind of index makes of what it is opened from, so that damaged or foreign files cannot lead a
// search out of bounds.
#pragma once

#include "index/search_structure.h"

namespace faiss {
struct Index;
struct IndexFlat;
}  // namespace faiss

namespace shortlist::index {

// A trained index by inner product of the shape.
void RequireShape(const faiss::Index& index, VectorShape shape);

// A flat index whose values have the length that its shape gives.
void RequireFlat(const faiss::IndexFlat& flat, VectorShape shape);

}  // namespace shortlist::index
