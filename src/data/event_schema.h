// What events carry, by the settings.
#pragma once

#include "data/event.h"
#include "shortlist/settings/data.h"
#include "shortlist/settings/features.h"

namespace shortlist::data {

// Carries event type, quantity and price where the source has them, and each context column that a feature reads: as a
// number or time if all its features do, else as text. Throws Error{kInvalidArgument} for a context feature that reads
// anything but `time` or a column of data.events.columns.context, or that gives an event several ids.
EventSchema MakeEventSchema(const EventColumns& columns, const std::vector<FeatureSettings>& context);

}  // namespace shortlist::data
