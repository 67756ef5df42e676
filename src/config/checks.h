// What must hold between the fields of a configuration.
#pragma once

#include "config/problems.h"
#include "shortlist/settings.h"

namespace shortlist::config {

// Reports every violation to `problems`, which knows the places of the fields that the file has. Fields that only
// matter to `prepare` are checked if the file has a section `data`.
void CheckSettings(const Settings& settings, Problems& problems);

}  // namespace shortlist::config
