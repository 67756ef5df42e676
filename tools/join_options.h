// The options of `shortlist join`.
#pragma once

#include "commands.h"

namespace CLI {
class App;
}

namespace shortlist::tools {

// Binds to what must stand still until the command line is parsed. The configuration and --json are the caller's.
void AddJoinOptions(CLI::App& command, JoinCommand& join);

}  // namespace shortlist::tools
