#include "catalog_options.h"

#include <CLI/CLI.hpp>

namespace shortlist::tools {
namespace {

CLI::App* AddChange(CLI::App& catalog, const std::string& name, const std::string& description,
                    const std::string& example) {
  CLI::App* command = catalog.add_subcommand(name, description);
  command->fallthrough();
  command->footer("Example:\n  shortlist catalog " + example);
  return command;
}

}  // namespace

void AddCatalogOptions(CLI::App& catalog, CatalogOptions& options) {
  catalog.require_subcommand(1);
  catalog.add_option("--admin-address", options.command.address, "Host and port of the admin service.")
      ->capture_default_str();
  CLI::App* upsert =
      AddChange(catalog, "upsert", "Add items, or replace their titles and attributes.", "upsert items.jsonl");
  upsert
      ->add_option("FILE", options.file,
                   "JSON lines: {\"id\": \"A1\", \"title\": \"Mug\", \"price\": 8.5, \"category\": \"kitchen\"}.")
      ->check(CLI::ExistingFile)
      ->required();
  upsert->callback([&options] { options.command.change = UpsertItems{options.file}; });
  CLI::App* withdraw = AddChange(catalog, "withdraw", "Have items appear in no answer any more.", "withdraw A1 B7");
  withdraw->add_option("ID", options.ids, "Ids of the items.")->required();
  withdraw->callback([&options] { options.command.change = WithdrawItems{options.ids}; });
  AddChange(catalog, "show", "Count the changes that hold.", "show");
}

}  // namespace shortlist::tools
