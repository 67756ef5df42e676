// The TLS files as a TLS library may watch them: gRPC reads watched files again by itself, but takes what it finds, and
// half-copied files or a key without its certificate end all new connections
// (https://github.com/grpc/grpc/pull/26709). So it is shown copies in memory that change only to what has been checked.
#pragma once

#include <atomic>
#include <cstdint>
#include <string>

#include "security/memory_file.h"
#include "security/tls_material.h"
#include "shortlist/settings/serve_security.h"

namespace shortlist::security {

class PublishedTls {
 public:
  // Throws what ReadTlsMaterial throws.
  explicit PublishedTls(const SecuritySettings& settings);

  std::string certificate_path() const { return certificate_.path(); }
  std::string private_key_path() const { return private_key_.path(); }
  std::string client_authorities_path() const { return client_authorities_.path(); }
  // Unix seconds; any thread may ask.
  std::int64_t expires() const { return expires_; }

  // Reads the settings' files again and publishes them if they are sound and new; says whether they were new. Throws
  // what ReadTlsMaterial throws, and what was published stays. Call it from one thread.
  bool Refresh();

 private:
  PublishedTls(const SecuritySettings& settings, TlsMaterial material);

  SecuritySettings settings_;
  TlsMaterial material_;
  MemoryFile certificate_;
  MemoryFile private_key_;
  MemoryFile client_authorities_;
  std::atomic<std::int64_t> expires_;
};

}  // namespace shortlist::security
