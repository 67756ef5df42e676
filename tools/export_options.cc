#include "export_options.h"

#include <CLI/CLI.hpp>

namespace shortlist::tools {

void AddExportOptions(CLI::App& command, ExportOptions& options) {
  ExportPlan& plan = options.command.plan;
  command.add_option("--bundle", options.command.bundle,
                     "Bundle; default: bundle/ below the configuration's directory.");
  command
      .add_option("--out", options.command.out,
                  "Directory of Parquet files, each of which appears when it is whole, and at last _SUCCESS. An export "
                  "that was stopped or killed is gone on with.")
      ->required();
  command.add_option("-k,--k", plan.k, "Items per shopper.")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{100000}))
      ->capture_default_str();
  CLI::Option* allowed =
      command.add_flag("--allow-seen", options.allow_seen, "Items of the shopper's history may be among them.");
  command.add_flag("--mask-seen", options.mask_seen, "They may not; default: serve.seen of the configuration.")
      ->excludes(allowed);
  command.add_option("--time", plan.time, "Unix seconds that the shortlists are for. [now]")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{253402300799}));
  command
      .add_option("--shoppers-per-part", plan.shoppers_per_part, "Rows of a file; threads write one each at a time.")
      ->check(CLI::Range(std::int64_t{1}, std::int64_t{1} << 31))
      ->capture_default_str();
}

ExportCommand MakeExport(const ExportOptions& options, const Configuration& configuration,
                         const std::filesystem::path& json) {
  ExportCommand command = options.command;
  command.configuration = configuration;
  if (options.allow_seen) command.seen = serve::SeenPolicy::kAllow;
  if (options.mask_seen) command.seen = serve::SeenPolicy::kMask;
  command.json = json;
  return command;
}

}  // namespace shortlist::tools
