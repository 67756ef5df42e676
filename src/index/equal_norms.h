// Inner product as distance. One more coordinate, sqrt(max |x|^2 - |x|^2), gives all vectors x the same norm; a query
// has 0 there, so inner products stay as they are and the nearest vector by distance is the best by inner product
// (Bachrach et al., RecSys 2014). Clusters of such vectors tell large norms from small ones, which clusters by
// direction do not.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "index/search_structure.h"

namespace shortlist::index {

// Whether the norms differ by no more than rounding, as after normalization. vectors is row-major of the shape.
bool HaveEqualNorms(std::span<const float> vectors, VectorShape shape);

// vectors is row-major of the shape; the result is row-major [count, padded_width] with the added coordinate at `width`
// and zeros behind it. padded_width > width.
std::vector<float> WithEqualNorms(std::span<const float> vectors, VectorShape shape, std::int64_t padded_width);

// The query with zeros up to padded_width.
std::vector<float> Padded(std::span<const float> query, std::int64_t padded_width);

}  // namespace shortlist::index
