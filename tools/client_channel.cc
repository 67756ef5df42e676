#include "client_channel.h"

#include <utility>
#include <vector>

#include <grpcpp/support/client_interceptor.h>

#include "base/file.h"
#include "security/settings_check.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

using grpc::experimental::ClientInterceptorFactoryInterface;
using grpc::experimental::InterceptionHookPoints;
using grpc::experimental::Interceptor;
using grpc::experimental::InterceptorBatchMethods;

// Adds the header to a call. gRPC's own token credentials would do it over TLS only, and not to a proxy on this
// machine.
class AddAuthorization final : public Interceptor {
 public:
  explicit AddAuthorization(std::string header) : header_(std::move(header)) {}

  void Intercept(InterceptorBatchMethods* methods) override {
    if (methods->QueryInterceptionHookPoint(InterceptionHookPoints::PRE_SEND_INITIAL_METADATA)) {
      methods->GetSendInitialMetadata()->emplace("authorization", header_);
    }
    methods->Proceed();
  }

 private:
  std::string header_;
};

class AddAuthorizationFactory final : public ClientInterceptorFactoryInterface {
 public:
  explicit AddAuthorizationFactory(std::string header) : header_(std::move(header)) {}

  Interceptor* CreateClientInterceptor(grpc::experimental::ClientRpcInfo* /*call*/) override {
    return new AddAuthorization(header_);  // gRPC takes ownership
  }

 private:
  std::string header_;
};

std::string ReadToken(const std::filesystem::path& path) {
  std::string token = base::ReadFile(path);
  while (!token.empty() && (token.back() == '\n' || token.back() == '\r')) token.pop_back();
  if (!token.empty() && token.find_first_of(" \t\r\n") == std::string::npos) return token;
  throw Error(Code::kInvalidArgument, path.string() + ": expected one token without spaces and nothing else");
}

void RequireConsistent(const ClientSecurity& security, const std::string& address) {
  if (security.certificate.empty() != security.private_key.empty()) {
    throw Error(Code::kInvalidArgument, "--tls-cert and --tls-key belong together; give both or none");
  }
  if (!security.authorities.empty()) return;
  if (!security.certificate.empty()) {
    throw Error(Code::kInvalidArgument, "--tls-cert needs --tls-ca, the authority of the server's certificate");
  }
  if (!security.token_file.empty() && !security::IsLoopback(address)) {
    throw Error(Code::kInvalidArgument, "the token would cross the network to '" + address +
                                            "' in the clear; give --tls-ca, the authority of the server's certificate");
  }
}

std::shared_ptr<grpc::ChannelCredentials> CredentialsFrom(const ClientSecurity& security) {
  if (security.authorities.empty()) return grpc::InsecureChannelCredentials();
  grpc::SslCredentialsOptions options;
  options.pem_root_certs = base::ReadFile(security.authorities);
  if (!security.certificate.empty()) {
    options.pem_cert_chain = base::ReadFile(security.certificate);
    options.pem_private_key = base::ReadFile(security.private_key);
  }
  return grpc::SslCredentials(options);
}

}  // namespace

std::shared_ptr<grpc::Channel> MakeChannel(const std::string& address, const ClientSecurity& security,
                                           grpc::ChannelArguments arguments) {
  RequireConsistent(security, address);
  arguments.SetMaxReceiveMessageSize(-1);
  std::vector<std::unique_ptr<ClientInterceptorFactoryInterface>> interceptors;
  if (!security.token_file.empty()) {
    interceptors.push_back(std::make_unique<AddAuthorizationFactory>("Bearer " + ReadToken(security.token_file)));
  }
  return grpc::experimental::CreateCustomChannelWithInterceptors(address, CredentialsFrom(security), arguments,
                                                                 std::move(interceptors));
}

}  // namespace shortlist::tools
