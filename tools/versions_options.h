// The commands below `shortlist versions`.
#pragma once

#include <string>

#include "commands.h"

namespace CLI {
class App;
}

namespace shortlist::tools {

struct VersionsOptions {
  VersionsCommand command{.address = "127.0.0.1:50052", .security = {}, .change = {}, .json = {}};
  std::string name;
  double percent = 0;
};

// Binds the commands below `versions`, and what they have in common, to `options`, which must stand still until the
// command line is parsed. Security and JSON are the caller's.
void AddVersionsOptions(CLI::App& versions, VersionsOptions& options);

}  // namespace shortlist::tools
