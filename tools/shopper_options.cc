#include "shopper_options.h"

#include <CLI/CLI.hpp>

namespace shortlist::tools {
namespace {

void AddRight(CLI::App& shopper, ShopperCommand& options, ShopperRight right, const std::string& name,
              const std::string& description, const std::string& result) {
  CLI::App* command = shopper.add_subcommand(name, description);
  command->fallthrough();
  command->footer("Example:\n  shortlist shopper " + name + " A100 --out A100.json");
  command->add_option("USER", options.user, "Id of the shopper.")->required();
  command->add_option("--out", options.out, "File that receives " + result + "; default: stdout.");
  command->callback([&options, right] { options.right = right; });
}

}  // namespace

void AddShopperOptions(CLI::App& shopper, ShopperCommand& command) {
  shopper.require_subcommand(1);
  shopper.add_option("--address", command.address, "Host and port of the server.")->capture_default_str();
  AddRight(shopper, command, ShopperRight::kAccess, "export", "Write all that the server holds of a shopper.",
           "it as JSON");
  AddRight(shopper, command, ShopperRight::kErasure, "erase", "Have the server forget a shopper.", "the receipt");
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
