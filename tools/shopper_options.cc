#include "shopper_options.h"

#include <CLI/CLI.hpp>

namespace shortlist::tools {
namespace {

void AddRight(CLI::App& shopper, ShopperCommand& options, ShopperAction action, const std::string& name,
              const std::string& description, const std::string& result) {
  CLI::App* command = shopper.add_subcommand(name, description);
  command->fallthrough();
  command->footer("Example:\n  shortlist shopper " + name + " A100 --out A100.json");
  command->add_option("USER", options.user, "Id of the shopper.")->required();
  command->add_option("--out", options.out, "File that receives " + result + "; default: stdout.");
  command->callback([&options, action] { options.action = action; });
}

void AddIdentification(CLI::App& shopper, ShopperCommand& options) {
  CLI::App* command = shopper.add_subcommand("identify", "Tell the server that a visitor turned out to be a shopper.");
  command->fallthrough();
  command->footer("Example:\n  shortlist shopper identify visitor-7 A100");
  command->add_option("VISITOR", options.visitor, "Id that the visitor had.")->required();
  command->add_option("USER", options.user, "Id of the shopper.")->required();
  command->callback([&options] { options.action = ShopperAction::kIdentify; });
}

}  // namespace

void AddShopperOptions(CLI::App& shopper, ShopperCommand& command) {
  shopper.require_subcommand(1);
  shopper.add_option("--address", command.address, "Host and port of the server.")->capture_default_str();
  AddRight(shopper, command, ShopperAction::kExport, "export", "Write all that the server holds of a shopper.",
           "it as JSON");
  AddRight(shopper, command, ShopperAction::kErase, "erase", "Have the server forget a shopper.", "the receipt");
  AddIdentification(shopper, command);
}

void AddVerifyReceiptOptions(CLI::App& verify, VerifyReceiptCommand& command) {
  verify.add_option("FILE", command.file, "The receipt.")->check(CLI::ExistingFile)->required();
  verify
      .add_option("--public-key", command.public_key,
                  "receipts.pem of the server's folder of events, from wherever the server's owner publishes it.")
      ->check(CLI::ExistingFile)
      ->required();
  verify.add_option("--user", command.user, "Id of the shopper whom it is to be of. [any]");
}

}  // namespace shortlist::tools
