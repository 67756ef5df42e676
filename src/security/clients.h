// The clients that may call, and what each may do: the file serve.security.clients, which docs/security.md describes.
#pragma once

#include <array>
#include <cstdint>
#include <map>
#include <set>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace shortlist::security {

enum class Scope { kRead, kWrite, kAdmin };
// "read", "write" or "admin".
std::string_view ScopeName(Scope scope);

struct Client {
  std::string name;
  std::set<Scope> scopes;
};

// Immutable; thread-safe. Pointers that are returned live as long as the object.
class Clients {
 public:
  // Throws Error{kInvalidArgument} naming the file, the entry and what is wrong with it; never quotes what may be a
  // secret.
  static Clients Parse(std::string_view json, const std::string& path);

  // The client whose token this is, or none. Takes the same time for every token of a length, so that nothing can be
  // learned from answers about the tokens that exist.
  const Client* FindByToken(std::string_view token) const;
  // The first of the identities that belongs to a client, or none. An identity is "uri:...", "dns:..." or "cn:...".
  const Client* FindByCertificate(std::span<const std::string> identities) const;

  std::size_t size() const { return by_token_.size() + by_certificate_.size(); }

 private:
  static constexpr std::size_t kDigestBytes = 32;
  struct TokenEntry {
    std::array<unsigned char, kDigestBytes> sha256;
    Client client;
  };

  std::vector<TokenEntry> by_token_;
  std::map<std::string, Client, std::less<>> by_certificate_;

  friend class ClientsReader;
};

}  // namespace shortlist::security
