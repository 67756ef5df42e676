#include "security/authorizer.h"

#include <array>
#include <utility>

#include "base/file.h"

namespace shortlist::security {
namespace {

constexpr std::string_view kBearer = "Bearer ";

// A prefix of method paths, and what they need; the first that fits counts.
struct Rule {
  std::string_view prefix;
  std::optional<Scope> scope;
};
constexpr std::array kRules = {
    Rule{"/grpc.health.v1.Health/", std::nullopt},          Rule{"/grpc.reflection.", Scope::kRead},
    Rule{"/shortlist.v1.Retrieval/", Scope::kRead},         Rule{"/shortlist.v1.Events/Record", Scope::kWrite},
    Rule{"/shortlist.v1.Events/SetConsent", Scope::kWrite}, Rule{"/shortlist.v1.Events/Identify", Scope::kWrite},
    Rule{"/shortlist.v1.Catalog/", Scope::kWrite},
};

// The words before the token are not case-sensitive (RFC 7235).
bool HasScheme(std::string_view header) {
  if (header.size() <= kBearer.size()) return false;
  for (std::size_t i = 0; i < kBearer.size(); ++i) {
    if ((header[i] | 0x20) != (kBearer[i] | 0x20)) return false;
  }
  return true;
}

Error Unknown(const std::string& why) {
  return {Code::kUnauthenticated, why};
}

std::string Listed(const std::vector<std::string>& identities) {
  std::string text;
  for (const std::string& identity : identities) text += (text.empty() ? "" : ", ") + identity;
  return text;
}

// The client, or why there is none.
std::pair<const Client*, std::optional<Error>> Find(const Clients& clients, const Evidence& evidence) {
  if (evidence.authorization) {
    if (!HasScheme(*evidence.authorization)) {
      return {nullptr, Unknown("the header 'authorization' is not of the form 'Bearer <token>'")};
    }
    const Client* client = clients.FindByToken(evidence.authorization->substr(kBearer.size()));
    if (client != nullptr) return {client, std::nullopt};
    return {nullptr, Unknown("the bearer token is not one of this server's; was it replaced, or cut off?")};
  }
  if (evidence.identities.empty()) {
    return {nullptr, Unknown("this server answers known clients only; send the header 'authorization: Bearer <token>' "
                             "(--token-file of the command line)")};
  }
  const Client* client = clients.FindByCertificate(evidence.identities);
  if (client != nullptr) return {client, std::nullopt};
  return {nullptr, Unknown("the certificate is valid, but none of its names (" + Listed(evidence.identities) +
                           ") is a client of this server; send a bearer token, or have one of them added")};
}

}  // namespace

std::optional<Scope> RequiredScope(std::string_view path) {
  for (const Rule& rule : kRules) {
    if (path.starts_with(rule.prefix)) return rule.scope;
  }
  return Scope::kAdmin;
}

Authorizer::Authorizer(std::string path) : path_(std::move(path)) {
  Refresh();
}

std::optional<Error> Authorizer::Refusal(std::string_view path, const Evidence& evidence) const {
  std::optional<Error> refusal = Judge(path, evidence);
  if (refusal) ++(refusal->code() == Code::kUnauthenticated ? unauthenticated_ : denied_);
  return refusal;
}

std::optional<Error> Authorizer::Judge(std::string_view path, const Evidence& evidence) const {
  const std::optional<Scope> scope = RequiredScope(path);
  if (!scope) return std::nullopt;
  const std::shared_ptr<const Clients> known = clients();
  const auto [client, unknown] = Find(*known, evidence);
  if (client == nullptr) return unknown;
  if (client->scopes.contains(*scope)) return std::nullopt;
  return Error(Code::kPermissionDenied, "client '" + client->name + "' has no scope '" +
                                            std::string(ScopeName(*scope)) + "', which " + std::string(path) +
                                            " needs");
}

std::string Authorizer::NameOf(const Evidence& evidence) const {
  const std::shared_ptr<const Clients> known = clients();
  const Client* client = Find(*known, evidence).first;
  return client == nullptr ? "" : client->name;
}

std::shared_ptr<const Clients> Authorizer::clients() const {
  const std::lock_guard lock(mutex_);
  return clients_;
}

bool Authorizer::Refresh() {
  std::string text = base::ReadFile(path_);
  if (text == text_) return false;
  auto parsed = std::make_shared<const Clients>(Clients::Parse(text, path_));
  text_ = std::move(text);
  const std::lock_guard lock(mutex_);
  clients_ = std::move(parsed);
  return true;
}

}  // namespace shortlist::security
