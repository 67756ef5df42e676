#include "serve/grpc_credentials.h"

#include <utility>
#include <vector>

#include <grpcpp/grpcpp.h>
#include <grpcpp/security/auth_metadata_processor.h>
#include <grpcpp/security/tls_certificate_provider.h>
#include <grpcpp/security/tls_credentials_options.h>

#include "serve/utf8.h"

namespace shortlist::serve {
namespace {

using grpc::experimental::FileWatcherCertificateProvider;
using grpc::experimental::TlsServerCredentialsOptions;

// The published copies change rarely and in memory, so looking often costs nothing.
constexpr unsigned kSecondsBetweenLooks = 1;

std::string_view ViewOf(const grpc::string_ref& text) {
  return {text.data(), text.size()};
}

std::vector<std::string> IdentitiesOf(const grpc::AuthContext& context) {
  std::vector<std::string> identities;
  const auto add = [&](const char* property, const std::string& kind) {
    for (const grpc::string_ref& value : context.FindPropertyValues(property)) {
      identities.push_back(kind + std::string(ViewOf(value)));
    }
  };
  if (!context.IsPeerAuthenticated()) return identities;
  add("peer_uri", "uri:");
  add("peer_dns", "dns:");
  add("x509_common_name", "cn:");
  return identities;
}

std::string_view ValueOf(const grpc::AuthMetadataProcessor::InputMetadata& metadata, const char* name) {
  const auto found = metadata.find(name);
  return found == metadata.end() ? std::string_view() : ViewOf(found->second);
}

// Asks the authorizer on the thread of the call; it never waits.
class CallCheck final : public grpc::AuthMetadataProcessor {
 public:
  explicit CallCheck(std::shared_ptr<const security::Authorizer> authorizer) : authorizer_(std::move(authorizer)) {}

  bool IsBlocking() const override { return false; }

  grpc::Status Process(const InputMetadata& metadata, grpc::AuthContext* context, OutputMetadata* /*consumed*/,
                       OutputMetadata* /*response*/) override {
    const auto refusal = authorizer_->Refusal(ValueOf(metadata, ":path"), EvidenceOf(metadata, *context));
    if (!refusal) return grpc::Status::OK;
    return {static_cast<grpc::StatusCode>(refusal->code()), ToUtf8(refusal->what())};
  }

 private:
  std::shared_ptr<const security::Authorizer> authorizer_;
};

grpc_ssl_client_certificate_request_type RequestType(const SecuritySettings& settings) {
  if (settings.client_authorities.empty()) return GRPC_SSL_DONT_REQUEST_CLIENT_CERTIFICATE;
  if (settings.client_certificates == ClientCertificates::kRequired) {
    return GRPC_SSL_REQUEST_AND_REQUIRE_CLIENT_CERTIFICATE_AND_VERIFY;
  }
  return GRPC_SSL_REQUEST_CLIENT_CERTIFICATE_AND_VERIFY;
}

std::shared_ptr<grpc::ServerCredentials> MakeTls(const security::PublishedTls& tls, const SecuritySettings& settings) {
  const bool mutual = !settings.client_authorities.empty();
  TlsServerCredentialsOptions options(std::make_shared<FileWatcherCertificateProvider>(
      tls.private_key_path(), tls.certificate_path(), mutual ? tls.client_authorities_path() : "",
      kSecondsBetweenLooks));
  options.watch_identity_key_cert_pairs();
  if (mutual) options.watch_root_certs();
  options.set_cert_request_type(RequestType(settings));
  return grpc::experimental::TlsServerCredentials(options);
}

// Without TLS calls are checked on the loopback interface only, and gRPC checks none on insecure ports. Local
// credentials add nothing to the bytes on the wire.
std::shared_ptr<grpc::ServerCredentials> MakePlaintext(const security::Gatekeeper& gatekeeper) {
  if (gatekeeper.authorizer() == nullptr) return grpc::InsecureServerCredentials();
  return grpc::experimental::LocalServerCredentials(LOCAL_TCP);
}

}  // namespace

std::shared_ptr<grpc::ServerCredentials> MakeServerCredentials(const security::Gatekeeper& gatekeeper,
                                                               const std::string& address, std::string_view field) {
  gatekeeper.RequireSafe(address, field);
  std::shared_ptr<grpc::ServerCredentials> credentials =
      gatekeeper.tls() == nullptr ? MakePlaintext(gatekeeper) : MakeTls(*gatekeeper.tls(), gatekeeper.settings());
  if (gatekeeper.authorizer() != nullptr) {
    credentials->SetAuthMetadataProcessor(std::make_shared<CallCheck>(gatekeeper.authorizer()));
  }
  return credentials;
}

security::Evidence EvidenceOf(const std::multimap<grpc::string_ref, grpc::string_ref>& headers,
                              const grpc::AuthContext& peer) {
  security::Evidence evidence;
  if (headers.contains("authorization")) evidence.authorization = ValueOf(headers, "authorization");
  evidence.identities = IdentitiesOf(peer);
  return evidence;
}

}  // namespace shortlist::serve
