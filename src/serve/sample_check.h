// Whether an index on this machine answers as it did where the bundle was made.
#pragma once

#include "index/bundle.h"
#include "index/vector_index.h"

namespace shortlist::serve {

// Share of the sample's exact answers that the index gives. An item whose score equals that of the exact answer it
// displaces, within the rounding of another processor, counts as that answer.
double SampleRecall(const index::VectorIndex& index, const index::Bundle::Sample& sample);

// Throws Error{kFailedPrecondition} if the recall is below the one that the index had when it was written; a flat index
// must give every exact answer.
void RequireSampleAnswers(const index::VectorIndex& index, const index::Bundle::Sample& sample);

}  // namespace shortlist::serve
