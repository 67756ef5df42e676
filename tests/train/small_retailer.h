// A retailer small enough to prepare and train in a test: shoppers who keep to their own part of the catalog.
#pragma once

#include <filesystem>

#include "data/dataset.h"
#include "shortlist/settings.h"

namespace shortlist::train {

// 80 shoppers with 12 events each, an hour apart, on 40 items in 4 groups; every item has a category, every event a
// device. Every part of a model but the prior is present; two epochs take a fraction of a second.
Settings SmallSettings();

// Prepares the events of SmallSettings below `directory`.
data::Dataset PrepareSmallRetailer(const Settings& settings, const std::filesystem::path& directory);

}  // namespace shortlist::train
