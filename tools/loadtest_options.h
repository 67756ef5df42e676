// The options of `shortlist loadtest` that describe the load.
#pragma once

#include <cstdint>
#include <string>

#include "commands.h"

namespace CLI {
class App;
}

namespace shortlist::tools {

// The load test in the units of the command line.
struct LoadtestOptions {
  LoadtestCommand command;
  std::string arrivals = "poisson";
  double warm_up_seconds = 2;
  double duration_seconds = 10;
  std::int64_t deadline_milliseconds = 1000;
};

// Binds options of `command` to `options`, which must stand still until the command line is parsed.
void AddLoadOptions(CLI::App& command, LoadtestOptions& options);

// The command that parsed options describe, but for security and JSON.
LoadtestCommand MakeLoadtest(const LoadtestOptions& options);

}  // namespace shortlist::tools
