#include "security/clients.h"

#include <algorithm>
#include <cstdlib>
#include <optional>
#include <utility>

#include <nlohmann/json.hpp>
#include <openssl/crypto.h>
#include <openssl/sha.h>

#include "shortlist/error.h"

namespace shortlist::security {
namespace {

using Json = nlohmann::json;

constexpr std::array<std::pair<std::string_view, Scope>, 3> kScopes = {
    {{"read", Scope::kRead}, {"write", Scope::kWrite}, {"admin", Scope::kAdmin}}};

std::optional<int> HexDigit(char character) {
  if (character >= '0' && character <= '9') return character - '0';
  if (character >= 'a' && character <= 'f') return character - 'a' + 10;
  return std::nullopt;
}

template <std::size_t bytes>
std::optional<std::array<unsigned char, bytes>> ParseHex(std::string_view text) {
  std::array<unsigned char, bytes> parsed{};
  if (text.size() != 2 * bytes) return std::nullopt;
  for (std::size_t i = 0; i < bytes; ++i) {
    const auto high = HexDigit(text[2 * i]);
    const auto low = HexDigit(text[2 * i + 1]);
    if (!high || !low) return std::nullopt;
    parsed[i] = static_cast<unsigned char>(*high * 16 + *low);
  }
  return parsed;
}

bool IsIdentity(std::string_view text) {
  return text.starts_with("uri:") || text.starts_with("dns:") || text.starts_with("cn:");
}

}  // namespace

std::string_view ScopeName(Scope scope) {
  const auto* const found = std::ranges::find(kScopes, scope, [](const auto& entry) { return entry.second; });
  return found->first;
}

// One pass over the file, which knows the place for its messages.
class ClientsReader {
 public:
  explicit ClientsReader(const std::string& path) : place_(path) {}

  Clients Read(std::string_view text) {
    const Json root = Json::parse(text, nullptr, false);
    Require(root.is_object() && root.size() == 1 && root.contains("clients") && root["clients"].is_array(),
            R"(expected {"clients": [...]} in JSON)");
    const std::string file = place_;
    for (std::size_t i = 0; i < root["clients"].size(); ++i) {
      place_ = file + ": clients[" + std::to_string(i) + "]";
      Add(root["clients"][i]);
    }
    place_ = file;
    Require(clients_.size() > 0, "has no client, so nobody could call; add one");
    return std::move(clients_);
  }

 private:
  void Require(bool holds, const std::string& otherwise) const {
    if (!holds) throw Error(Code::kInvalidArgument, place_ + ": " + otherwise);
  }

  void Add(const Json& entry) {
    Require(entry.is_object(), "expected an object with name, scopes, and token_sha256 or certificate");
    for (const auto& [key, value] : entry.items()) {
      const bool known = key == "name" || key == "scopes" || key == "token_sha256" || key == "certificate";
      Require(known, "unknown field '" + key + "'; known are name, scopes, token_sha256 and certificate");
    }
    Client client{Text(entry, "name"), Scopes(entry)};
    Require(entry.contains("token_sha256") != entry.contains("certificate"),
            "expected either token_sha256 or certificate");
    entry.contains("certificate") ? AddCertificate(entry, std::move(client)) : AddToken(entry, std::move(client));
  }

  std::string Text(const Json& entry, const std::string& key) const {
    const bool is_text =
        entry.contains(key) && entry[key].is_string() && !entry[key].get_ref<const std::string&>().empty();
    Require(is_text, key + " must be a text that is not empty");
    return entry[key];
  }

  std::set<Scope> Scopes(const Json& entry) const {
    Require(entry.contains("scopes") && entry["scopes"].is_array() && !entry["scopes"].empty(),
            "scopes must be a list of read, write and admin that is not empty");
    std::set<Scope> scopes;
    for (const Json& name : entry["scopes"]) {
      const auto* const found =
          std::ranges::find_if(kScopes, [&](const auto& known) { return name == std::string(known.first); });
      Require(found != kScopes.end(), "unknown scope " + name.dump() + "; known are read, write and admin");
      scopes.insert(found->second);
    }
    return scopes;
  }

  void AddToken(const Json& entry, Client client) {
    const auto digest = ParseHex<Clients::kDigestBytes>(Text(entry, "token_sha256"));
    Require(digest.has_value(), "token_sha256 must be the SHA-256 of a token as 64 lower-case hexadecimal digits");
    for (const auto& other : clients_.by_token_) Require(other.sha256 != *digest, "another client has the same token");
    clients_.by_token_.push_back({*digest, std::move(client)});
  }

  void AddCertificate(const Json& entry, Client client) {
    std::string identity = Text(entry, "certificate");
    Require(IsIdentity(identity), "certificate must begin with uri:, dns: or cn:");
    const bool added = clients_.by_certificate_.emplace(std::move(identity), std::move(client)).second;
    Require(added, "another client has the same certificate");
  }

  std::string place_;
  Clients clients_;
};

Clients Clients::Parse(std::string_view json, const std::string& path) {
  return ClientsReader(path).Read(json);
}

const Client* Clients::FindByToken(std::string_view token) const {
  std::array<unsigned char, kDigestBytes> digest{};
  SHA256(reinterpret_cast<const unsigned char*>(token.data()), token.size(), digest.data());
  const Client* found = nullptr;
  for (const TokenEntry& entry : by_token_) {
    if (CRYPTO_memcmp(entry.sha256.data(), digest.data(), kDigestBytes) == 0) found = &entry.client;
  }
  return found;
}

const Client* Clients::FindByCertificate(std::span<const std::string> identities) const {
  for (const std::string& identity : identities) {
    const auto found = by_certificate_.find(identity);
    if (found != by_certificate_.end()) return &found->second;
  }
  return nullptr;
}

}  // namespace shortlist::security
