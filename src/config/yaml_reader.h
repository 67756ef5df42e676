// YAML to settings, field by field.
#pragma once

#include <string_view>

#include "config/problems.h"
#include "shortlist/settings.h"

namespace shortlist::config {

// Reads what it can; fields that are missing or wrong keep their defaults. Reports to `problems`: text that is not
// YAML, unknown and repeated keys, wrong types, unknown names, numbers out of bounds; and the places of all fields.
Settings ReadYaml(std::string_view text, Problems& problems);

}  // namespace shortlist::config
