// The dataset as it is right after its last event, in all parts: what a server starts from.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "data/dataset.h"
#include "model/two_tower.h"
#include "shortlist/settings/model.h"
#include "train/event_log.h"

namespace shortlist::train {

// The events of all parts.
EventLog MakePresentLog(const data::Dataset& dataset);

// The time right behind the last event.
std::int64_t PresentTime(const EventLog& log);

// The prior's inputs of every item, log(events + 1), over all events or those in each window before the present; empty
// if there is no prior.
std::vector<float> PresentDemand(const PriorSettings& settings, const EventLog& log, std::int64_t item_count);

// The vectors of `users` as they would be asked for at present, with nothing but the time as context. Row-major
// [users.size(), model.vector_width()].
std::vector<float> EncodePresentShoppers(const model::TwoTower& model, const data::Dataset& dataset,
                                         const EventLog& log, std::span<const std::int64_t> users);

}  // namespace shortlist::train
