#include "export_options.h"

#include <CLI/CLI.hpp>

namespace shortlist::tools {

void AddExportOptions(CLI::App& command, ExportOptions& options) {
  command.add_option("--bundle", options.command.bundle,
                     "Bundle; default: bundle/ below the configuration's directory.");
  command.add_option("--out", options.command.out, "The file, which appears when it is whole.")->required();
  command.add_option("-k,--k", options.command.k, "Items per shopper.")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
      ->capture_default_str();
  command.add_flag("--allow-seen", options.allow_seen, "Items of the shopper's history may be among them.");
}

ExportCommand MakeExport(const ExportOptions& options, const Configuration& configuration,
                         const std::filesystem::path& json) {
  ExportCommand command = options.command;
  command.configuration = configuration;
  if (options.allow_seen) command.own = index::OwnItems::kAllowed;
  command.json = json;
  return command;
}

}  // namespace shortlist::tools
