// The names that people and events have on disk: keyed hashes, which lead back to their ids only for who has the key.
#pragma once

#include <filesystem>
#include <string>
#include <string_view>
#include <utility>

#include "base/secret_key.h"
#include "base/signature.h"

namespace shortlist::profile {

// Thread-safe. The same key gives the same names on every server. docs/formats.md has the formulas.
class KeyedIds {
 public:
  explicit KeyedIds(base::SecretKey key) : key_(std::move(key)) {}

  // A name is returned as it is, so that either names the shopper.
  std::string OfShopper(std::string_view id) const;
  std::string OfEvent(std::string_view id) const;
  // By which it is known that the shopper of a name was erased, without the name.
  std::string OfErased(std::string_view shopper) const;
  // That receipts are signed with.
  base::SigningKey ReceiptKey() const;
  // Without which the keys of the log are none (KeyFile).
  base::SecretKey LogSecret() const;
  // That seals what servers announce to each other; base::kEncryptionKeyBytes.
  std::string AnnouncementKey() const;

 private:
  base::SecretKey key_;
};

}  // namespace shortlist::profile
