// Writes the files of a dataset into a directory.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <filesystem>
#include <optional>
#include <vector>

#include "data/catalog.h"
#include "data/context_encoder.h"
#include "data/dataset_description.h"
#include "data/kept_events.h"
#include "data/part_writer.h"

namespace shortlist::data {

// Writes train, validation and test and fills in their counts and starts (the earliest event of each, or 0).
// `scratch` is an existing directory for files that are not part of the dataset.
void WriteParts(const KeptEvents& events, const EventSchema& schema, const features::FeatureGraph& context,
                const std::filesystem::path& directory, const std::filesystem::path& scratch,
                DatasetDescription& description);

// The graph of item features, fitted to the first `items` rows of the catalog.
features::FeatureGraph FitItems(const std::vector<FeatureSettings>& settings, const Catalog& catalog,
                                std::size_t items);

// Writes ids, titles, attributes and encoded features of the items and fills in graph and digest.
void WriteItems(const std::vector<std::string>& ids, const Catalog& catalog, const features::FeatureGraph& graph,
                const std::filesystem::path& directory, DatasetDescription& description);

// Writes the ids of the users and fills in their digest.
void WriteUsers(const std::vector<std::string>& ids, const std::filesystem::path& directory,
                DatasetDescription& description);

}  // namespace shortlist::data
