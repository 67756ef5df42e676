// The options of `shortlist export`.
#pragma once

#include <filesystem>

#include "commands.h"

namespace CLI {
class App;
}

namespace shortlist::tools {

struct ExportOptions {
  ExportCommand command;
  bool allow_seen = false;
  bool mask_seen = false;
};

// Binds options of `command` to `options`, which must stand still until the command line is parsed.
void AddExportOptions(CLI::App& command, ExportOptions& options);

// The command that parsed options describe.
ExportCommand MakeExport(const ExportOptions& options, const Configuration& configuration,
                         const std::filesystem::path& json);

}  // namespace shortlist::tools
