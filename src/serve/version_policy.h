// Which versions of a model directory the settings ask for.
#pragma once

#include <span>
#include <string>

#include "shortlist/settings/serve_versions.h"

namespace shortlist::serve {

// Names of versions; empty for none.
struct Assignment {
  std::string stable;
  std::string canary;
};

// `sound` are the names of versions that may be served, in their order, the newest last. Names that the settings give
// are returned whether or not they are among them.
Assignment Wanted(const VersionSettings& settings, std::span<const std::string> sound);

}  // namespace shortlist::serve
