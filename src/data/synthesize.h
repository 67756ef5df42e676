// Writes a made-up retailer: events.csv, catalog.csv and consent.csv. Deterministic by seed.
#pragma once

#include <cstdint>
#include <filesystem>

#include "shortlist/settings/synthesize.h"

namespace shortlist::data {

// Shoppers have drifting favorite categories, repeat earlier purchases, and follow Zipf popularity and sequences
// (some items are bought after certain others), so that a model has something to learn beyond popularity. Files:
//   events.csv   event_id,user,item,time,event_type,quantity,price,device,country
//   catalog.csv  item,title,category,brand,price
//   consent.csv  user,purposes
// Events come in the order of time from 2024-01-01 on; one in 500 is delivered twice, under the same event_id. Throws
// Error if the directory cannot be written.
void Synthesize(const SynthesizeSettings& settings, std::int64_t seed, const std::filesystem::path& directory);

}  // namespace shortlist::data
