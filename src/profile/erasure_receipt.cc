#include "profile/erasure_receipt.h"

#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/hexadecimal.h"
#include "base/secret_key.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

using Json = nlohmann::ordered_json;

constexpr int kFormat = 1;
constexpr std::size_t kSaltBytes = 16;

std::string DigestOf(const std::string& salt, std::string_view user) {
  return base::Sha256(salt + ":" + std::string(user));
}

Json FieldsOf(const ErasureReceipt& receipt) {
  Json json{{"erased_at", receipt.erased_at},           {"events", receipt.events},
            {"decisions", receipt.decisions},           {"had_consent", receipt.had_consent},
            {"keys_destroyed", receipt.keys_destroyed}, {"files_by", receipt.files_by}};
  if (receipt.other_servers_by != 0) json["other_servers_by"] = receipt.other_servers_by;
  json["models_by"] = receipt.models_by;
  return json;
}

Json ToJson(const ErasureReceipt& receipt, std::string_view user) {
  const std::string salt = base::ToHex(base::RandomBytes(kSaltBytes));
  Json json{{"shortlist_receipt", kFormat}, {"salt", salt}, {"user_sha256", DigestOf(salt, user)}};
  json.update(FieldsOf(receipt));
  return json;
}

ErasureReceipt ReceiptFrom(const Json& json) {
  if (json.at("shortlist_receipt") != kFormat) throw Error(Code::kInvalidArgument, "the receipt is of a later format");
  return {.erased_at = json.at("erased_at"),
          .events = json.at("events"),
          .decisions = json.value("decisions", std::uint64_t{0}),
          .had_consent = json.at("had_consent"),
          .keys_destroyed = json.value("keys_destroyed", false),
          .files_by = json.at("files_by"),
          .other_servers_by = json.value("other_servers_by", std::int64_t{0}),
          .models_by = json.at("models_by")};
}

void RequireOwn(const Json& json, std::string_view user) {
  if (user.empty() || json.at("user_sha256") == DigestOf(json.at("salt"), user)) return;
  throw Error(Code::kDataLoss, "the receipt is of another shopper");
}

ErasureReceipt Verified(Json json, std::string_view public_pem, std::string_view user) {
  const std::string signature = json.at("signature");
  json.erase("signature");
  if (!base::IsSigned(json.dump(), signature, public_pem)) {
    throw Error(Code::kDataLoss, "the receipt was not signed so by the owner of the public key");
  }
  RequireOwn(json, user);
  return ReceiptFrom(json);
}

}  // namespace

std::string ReceiptFields(const ErasureReceipt& receipt) {
  return FieldsOf(receipt).dump();
}

std::string SignedReceipt(const ErasureReceipt& receipt, std::string_view user, const base::SigningKey& key) {
  Json json = ToJson(receipt, user);
  json["signature"] = key.Sign(json.dump());
  return json.dump(2) + "\n";
}

ErasureReceipt VerifiedReceipt(std::string_view text, std::string_view public_pem, std::string_view user) {
  try {
    return Verified(Json::parse(text), public_pem, user);
  } catch (const Json::exception& problem) {
    throw Error(Code::kInvalidArgument, std::string("is not a receipt: ") + problem.what());
  }
}

}  // namespace shortlist::profile
