// The options of a command that talks to a server, on how to trust it and be trusted.
#pragma once

#include "client_security.h"

namespace CLI {
class App;
}

namespace shortlist::tools {

// Binds options of `command` to `security`, which must stand still until the command line is parsed.
void AddSecurityOptions(CLI::App& command, ClientSecurity& security);

}  // namespace shortlist::tools
