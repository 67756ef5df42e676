// Whether there is anything new to prepare.
#pragma once

#include <filesystem>
#include <string>

#include "shortlist/settings/data.h"

namespace shortlist::data {

// Another text whenever the files of events, catalog and consent are others: in their names, sizes or times. Reads none
// of them. `base` resolves relative paths. Throws Error{kInvalidArgument} as ExpandSources does.
std::string FingerprintSources(const DataSettings& settings, const std::filesystem::path& base);

}  // namespace shortlist::data
