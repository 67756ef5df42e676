// The encoded features of a dataset's items as an Arrow IPC file: a list of weighted ids per categorical feature, and
// one list of numbers for the dense ones.
#pragma once

#include <filesystem>

#include "base/query_batch.h"
#include "features/feature_graph.h"

namespace shortlist::data {

// `rows` is in the layout of `graph`.
void WriteItemFeatures(const std::filesystem::path& path, const features::FeatureGraph& graph,
                       const base::EncodedFeatures& rows);

// Throws Error{kDataLoss} naming the file if it does not fit the graph or an id lies beyond its feature's cardinality.
base::EncodedFeatures ReadItemFeatures(const std::filesystem::path& path, const features::FeatureGraph& graph);

}  // namespace shortlist::data
