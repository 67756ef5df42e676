// Which settings of a training job fit together.
#pragma once

#include "shortlist/settings.h"

namespace shortlist::train {

// Returns the settings, so that they are looked at before anything is made of them. Throws Error{kInvalidArgument}
// naming the setting that does not fit, and what would.
const Settings& RequireCompatible(const Settings& settings, int ranks);

}  // namespace shortlist::train
