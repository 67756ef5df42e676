// The options of `shortlist record`.
#pragma once

#include "commands.h"

namespace CLI {
class App;
}

namespace shortlist::tools {

// Binds options of `command` to `record`, which must stand still until the command line is parsed. Security and JSON
// are the caller's.
void AddRecordOptions(CLI::App& command, RecordCommand& record);

}  // namespace shortlist::tools
