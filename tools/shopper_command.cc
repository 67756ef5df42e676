#include <ctime>
#include <iostream>
#include <string>

#include <fmt/chrono.h>
#include <fmt/format.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "commands.h"
#include "events_client.h"
#include "profile/erasure_receipt.h"
#include "report.h"

namespace shortlist::tools {
namespace {

std::string Json(const profile::ErasureReceipt& receipt) {
  nlohmann::ordered_json json{{"genuine", true}};
  json.update(nlohmann::ordered_json::parse(profile::ReceiptFields(receipt)));
  return json.dump(2) + "\n";
}

std::string Day(std::int64_t time) {
  return fmt::format("{:%Y-%m-%d %H:%M:%S} UTC", fmt::gmtime(static_cast<std::time_t>(time)));
}

}  // namespace

void Execute(const ShopperCommand& command) {
  const EventsClient client(command.address, command.timeout, command.security);
  if (command.action == ShopperAction::kIdentify) return client.Identify(command.visitor, command.user);
  const std::string result =
      command.action == ShopperAction::kErase ? client.Erase(command.user) : client.Export(command.user);
  if (command.out.empty()) {
    std::cout << result;
  } else {
    base::WriteFileAtomically(command.out, result);
  }
}

void Execute(const VerifyReceiptCommand& command) {
  const profile::ErasureReceipt receipt =
      profile::VerifiedReceipt(base::ReadFile(command.file), base::ReadFile(command.public_key), command.user);
  std::cout << fmt::format(
      "the receipt is genuine{}\n"
      "erased on        {}, {} events, {} decisions{}{}\n"
      "gone from files  by {}\n"
      "{}"
      "models replaced  by {}\n",
      command.user.empty() ? "" : " and of this shopper", Day(receipt.erased_at), receipt.events, receipt.decisions,
      receipt.had_consent ? " and the consent" : "", receipt.keys_destroyed ? "; keys destroyed" : "",
      Day(receipt.files_by),
      receipt.other_servers_by == 0 ? "" : fmt::format("other servers    by {}\n", Day(receipt.other_servers_by)),
      Day(receipt.models_by));
  WriteResult(command.json, Json(receipt));
}

}  // namespace shortlist::tools
