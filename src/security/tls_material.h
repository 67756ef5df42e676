// The files of TLS, read and checked before anybody depends on them.
#pragma once

#include <cstdint>
#include <string>

#include "shortlist/settings/serve_security.h"

namespace shortlist::security {

// PEM texts.
struct TlsMaterial {
  std::string certificate;  // the server's first, intermediate authorities after it
  std::string private_key;
  std::string client_authorities;  // empty without mutual TLS
  std::int64_t expires = 0;        // when the first of the chain does, in Unix seconds

  bool operator==(const TlsMaterial&) const = default;
};

// Reads the files that the settings name. Throws Error{kNotFound} for a file that is not there, and
// Error{kFailedPrecondition} for one that is not PEM, a certificate that is not valid at `now` (Unix seconds) and a key
// that belongs to another certificate; messages name the file and never quote it.
TlsMaterial ReadTlsMaterial(const SecuritySettings& settings, std::int64_t now);

}  // namespace shortlist::security
