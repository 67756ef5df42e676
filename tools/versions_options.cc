#include "versions_options.h"

#include <functional>
#include <utility>

#include <CLI/CLI.hpp>

namespace shortlist::tools {
namespace {

// A command that asks for `change`.
CLI::App* AddChange(CLI::App& versions, VersionsOptions& options, const std::string& name,
                    const std::string& description, const std::string& example,
                    std::function<decltype(VersionsCommand::change)()> change) {
  CLI::App* command = versions.add_subcommand(name, description);
  command->fallthrough();
  command->footer("Example:\n  shortlist versions " + example);
  command->callback([&options, change = std::move(change)] { options.command.change = change(); });
  return command;
}

}  // namespace

void AddVersionsOptions(CLI::App& versions, VersionsOptions& options) {
  versions.require_subcommand(1);
  versions.add_option("--admin-address", options.command.address, "Host and port of the admin service.")
      ->capture_default_str();
  versions.add_option("--timeout", options.command.timeout, "Seconds to wait for a version to be loaded.")
      ->type_name("SECONDS")
      ->default_str("600");
  AddChange(versions, options, "list", "List the versions of the model directory.", "list",
            [] { return ShowVersions(); });
  CLI::App* activate =
      AddChange(versions, options, "activate", "Give a version all traffic.", "activate 20260301T120000Z-1f3a9c22",
                [&options] { return ActivateStable{options.name}; });
  activate->add_option("NAME", options.name, "Name of the version.")->required();
  CLI::App* canary = AddChange(versions, options, "canary", "Give a version some of the shoppers.",
                               "canary 20260302T120000Z-77b0e1d4 --percent 5", [&options] {
                                 return ActivateCanary{options.name, options.percent};
                               });
  canary->add_option("NAME", options.name, "Name of the version.")->required();
  canary->add_option("--percent", options.percent, "Share of shoppers; 0 ends the canary.")
      ->check(CLI::Range(0.0, 100.0))
      ->required();
  AddChange(versions, options, "rollback", "Give all traffic back to the version that had it before.", "rollback",
            [] { return RollBack(); });
  AddChange(versions, options, "follow", "Let the server's settings decide again.", "follow",
            [] { return FollowSettings(); });
}

}  // namespace shortlist::tools
