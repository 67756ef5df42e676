// What a bundle is made of, gathered from a dataset and a model.
#pragma once

#include <filesystem>
#include <string>

#include "data/dataset.h"
#include "index/bundle.h"
#include "model/two_tower.h"
#include "shortlist/settings.h"
#include "train/event_log.h"

namespace shortlist::tools {

// Everything is as of after the last event, because serving happens after it: histories, popularity and the prior's
// demand, which `towers` and the model in `model_directory` already have. Only the queries on which recall is measured
// are held-out shoppers as of the start of the test part. `log` holds the events of all parts.
index::BundleInputs CollectBundleInputs(const Settings& settings, const data::Dataset& dataset,
                                        const train::EventLog& log, const model::TwoTower& towers,
                                        const std::filesystem::path& model_directory, std::string checkpoint_digest);

}  // namespace shortlist::tools
