// What a client asks of a server before it talks to it, and what it shows.
#pragma once

#include <filesystem>

namespace shortlist::tools {

struct ClientSecurity {
  std::filesystem::path authorities;  // PEM; the server's certificate must come from one of these; empty: no TLS
  std::filesystem::path certificate;  // PEM; the client's own, for mutual TLS
  std::filesystem::path private_key;  // PEM; of that certificate
  std::filesystem::path token_file;   // holds a bearer token and nothing else
};

}  // namespace shortlist::tools
