#include "security_options.h"

#include <CLI/CLI.hpp>

namespace shortlist::tools {

void AddSecurityOptions(CLI::App& command, ClientSecurity& security) {
  command
      .add_option("--tls-ca", security.authorities, "Talk TLS to a server whose certificate comes from these (PEM).")
      ->check(CLI::ExistingFile);
  command.add_option("--tls-cert", security.certificate, "The client's own certificate (PEM), for mutual TLS.")
      ->check(CLI::ExistingFile);
  command.add_option("--tls-key", security.private_key, "Its private key (PEM).")->check(CLI::ExistingFile);
  command.add_option("--token-file", security.token_file, "File with the bearer token that the server knows.")
      ->check(CLI::ExistingFile);
}

}  // namespace shortlist::tools
