// Decides whether a call may go on.
#pragma once

#include <atomic>
#include <cstdint>
#include <memory>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "security/clients.h"
#include "shortlist/error.h"

namespace shortlist::security {

// What a caller shows.
struct Evidence {
  std::optional<std::string_view> authorization;  // the header of that name
  std::vector<std::string> identities;            // of a certificate that TLS has verified (clients.h)
};

// The scope that a method needs, by its path "/package.Service/Method"; none if everybody may call it, which holds for
// the health service alone. A method that is not known needs admin.
std::optional<Scope> RequiredScope(std::string_view path);

// Thread-safe.
class Authorizer {
 public:
  // Reads the file; throws what ReadFile and Clients::Parse throw.
  explicit Authorizer(std::string path);

  // Why the call may not go on, in words that help an honest caller: Error{kUnauthenticated} if it is not known who
  // calls, Error{kPermissionDenied} if who calls lacks the scope. A token counts before a certificate.
  std::optional<Error> Refusal(std::string_view path, const Evidence& evidence) const;

  // How many calls it refused with either code.
  std::uint64_t unauthenticated() const { return unauthenticated_; }
  std::uint64_t denied() const { return denied_; }

  // The client's name; empty if it is not known who calls.
  std::string NameOf(const Evidence& evidence) const;

  // Reads the file again and says whether it was new. Throws as the constructor does, and the clients stay as they
  // were. Call it from one thread.
  bool Refresh();

 private:
  std::shared_ptr<const Clients> clients() const;
  std::optional<Error> Judge(std::string_view path, const Evidence& evidence) const;

  std::string path_;
  std::string text_;
  mutable std::mutex mutex_;
  std::shared_ptr<const Clients> clients_;  // under mutex_; what it points to never changes
  mutable std::atomic<std::uint64_t> unauthenticated_ = 0;
  mutable std::atomic<std::uint64_t> denied_ = 0;
};

}  // namespace shortlist::security
