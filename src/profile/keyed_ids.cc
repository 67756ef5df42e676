#include "profile/keyed_ids.h"

#include "base/hexadecimal.h"

namespace shortlist::profile {
namespace {

constexpr std::string_view kShopperMark = "shopper:";
// 128 bits: no two of any number of shoppers share a name.
constexpr std::size_t kDigits = 32;

bool IsName(std::string_view text) {
  return text.size() == kShopperMark.size() + kDigits && text.starts_with(kShopperMark) &&
         base::IsHex(text.substr(kShopperMark.size()));
}

std::string Marked(std::string_view mark, std::string_view text) {
  return std::string(mark) + std::string(text);
}

}  // namespace

std::string KeyedIds::OfShopper(std::string_view id) const {
  if (IsName(id)) return std::string(id);
  return Marked(kShopperMark, key_.HexDigest(Marked(kShopperMark, id), kDigits));
}

std::string KeyedIds::OfEvent(std::string_view id) const {
  return key_.HexDigest(Marked("event:", id), kDigits);
}

std::string KeyedIds::OfErased(std::string_view shopper) const {
  return key_.HexDigest(Marked("erased:", shopper), kDigits);
}

base::SigningKey KeyedIds::ReceiptKey() const {
  return base::SigningKey(key_.Digest("receipts"));
}

base::SecretKey KeyedIds::LogSecret() const {
  return base::SecretKey(key_.Digest("log"));
}

std::string KeyedIds::AnnouncementKey() const {
  return key_.Digest("announcements");
}

}  // namespace shortlist::profile
