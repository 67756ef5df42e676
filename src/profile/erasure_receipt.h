// What a shopper who asked to be forgotten gets: what is gone, what follows by when, signed. docs/formats.md has the
// fields.
#pragma once

#include <cstdint>
#include <string>
#include <string_view>

#include "base/signature.h"

namespace shortlist::profile {

struct ErasureReceipt {
  std::int64_t erased_at = 0;  // Unix seconds, as all times here
  std::uint64_t events = 0;    // that the profile had
  std::uint64_t decisions = 0;
  bool had_consent = false;
  bool keys_destroyed = false;  // that all entries of the log were sealed with
  std::int64_t files_by = 0;    // when no file of the server has anything of the shopper any more
  // The same of the other servers that share the store, and when their keys are destroyed, too; 0 where there are none.
  std::int64_t other_servers_by = 0;
  std::int64_t models_by = 0;  // when no model is served that was trained before

  friend bool operator==(const ErasureReceipt&, const ErasureReceipt&) = default;
};

// What it says, as a JSON object.
std::string ReceiptFields(const ErasureReceipt& receipt);

// The same with a signature. It names the shopper to those who know the id, by a salted digest.
std::string SignedReceipt(const ErasureReceipt& receipt, std::string_view user, const base::SigningKey& key);

// Reads a receipt, laid out in whatever way. Throws Error{kInvalidArgument} if it is none, and Error{kDataLoss} if the
// owner of the key did not sign it so, or not for this shopper; without a `user`, any will do.
ErasureReceipt VerifiedReceipt(std::string_view text, std::string_view public_pem, std::string_view user = {});

}  // namespace shortlist::profile
