// The server behind TLS, mutual TLS and tokens, asked by real clients with certificates made for each test.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <fstream>
#include <future>
#include <memory>
#include <string>
#include <thread>
#include <utility>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "client_channel.h"
#include "query_client.h"
#include "security/certificate_authority.h"
#include "serve/running_server.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using security::CertificateAuthority;
using security::CertificateFiles;
using std::chrono::milliseconds;
using std::filesystem::copy_options;
using ::testing::HasSubstr;
using tools::ClientSecurity;
using tools::QueryClient;

class GrpcCredentialsTest : public ::testing::Test {
 protected:
  void Start(const SecuritySettings& settings) {
    ServeSettings serve = LoopbackSettings();
    serve.security = settings;
    server_ = StartMadeServer(serve);
  }

  // What became of a call: "" for an answer, else code and message.
  std::string Ask(const ClientSecurity& client) const {
    try {
      QueryClient(server_->address(), std::chrono::seconds(20), client).Recommend({});
      return "";
    } catch (const Error& error) {
      return std::string(CodeName(error.code())) + ": " + error.what();
    }
  }

  ClientSecurity Trusting(const CertificateAuthority& authority) const { return {authority.certificate(), {}, {}, {}}; }

  static ClientSecurity Showing(ClientSecurity client, const CertificateFiles& own) {
    client.certificate = own.certificate;
    client.private_key = own.private_key;
    return client;
  }

  ClientSecurity WithToken(ClientSecurity client, const std::string& token) const {
    client.token_file = scratch_ / (token + ".token");
    base::WriteFileAtomically(client.token_file, token + "\n");
    return client;
  }

  static std::string EntryOf(const std::string& scope) {
    return R"(, {"name": "the )" + scope + R"(er", "scopes": [")" + scope + R"("], "token_sha256": ")" +
           base::Sha256(std::string_view(scope + "-token")) + "\"}";
  }

  // Three clients by token, each with one scope of its name, and one by certificate.
  std::string WriteClients() const {
    std::string entries = R"({"name": "mesh", "scopes": ["read"], "certificate": "uri:spiffe://shop/web"})";
    for (const std::string scope : {"read", "write", "admin"}) entries += EntryOf(scope);
    std::string path = scratch_ / "clients.json";
    base::WriteFileAtomically(path, R"({"clients": [)" + entries + "]}");
    return path;
  }

  ScratchDirectory scratch_;
  CertificateAuthority authority_{scratch_ / "ca", "ca"};
  CertificateAuthority stranger_{scratch_ / "stranger", "stranger"};
  CertificateFiles server_files_ = authority_.Issue("server", "IP:127.0.0.1");
  SecuritySettings tls_ = security::SettingsOf(server_files_);
  std::unique_ptr<Server> server_;
};

TEST_F(GrpcCredentialsTest, TlsAnswersThoseWhoTrustItsAuthority) {
  Start(tls_);
  EXPECT_EQ(Ask(Trusting(authority_)), "");
  EXPECT_THAT(Ask(Trusting(stranger_)), HasSubstr("UNAVAILABLE"));
  EXPECT_THAT(Ask({}), HasSubstr("UNAVAILABLE"));
}

TEST_F(GrpcCredentialsTest, MutualTlsTurnsAwayWhoHasNoCertificateOfTheAuthority) {
  tls_.client_authorities = authority_.certificate().string();
  Start(tls_);
  EXPECT_EQ(Ask(Showing(Trusting(authority_), authority_.Issue("web", "DNS:web"))), "");
  EXPECT_THAT(Ask(Trusting(authority_)), HasSubstr("UNAVAILABLE"));
  EXPECT_THAT(Ask(Showing(Trusting(authority_), stranger_.Issue("web", "DNS:web"))), HasSubstr("UNAVAILABLE"));
  EXPECT_THAT(Ask(Showing(Trusting(authority_), authority_.Issue("late", "DNS:web", -1))), HasSubstr("UNAVAILABLE"));
}

TEST_F(GrpcCredentialsTest, TokensOpenWhatTheirScopesSay) {
  tls_.clients = WriteClients();
  Start(tls_);
  const ClientSecurity client = Trusting(authority_);
  EXPECT_EQ(Ask(WithToken(client, "read-token")), "");
  EXPECT_EQ(
      Ask(WithToken(client, "admin-token")),
      "PERMISSION_DENIED: client 'the adminer' has no scope 'read', which /shortlist.v1.Retrieval/Recommend needs");
  EXPECT_THAT(Ask(WithToken(client, "write-token")), HasSubstr("PERMISSION_DENIED: client 'the writeer'"));
  EXPECT_THAT(Ask(WithToken(client, "no-token")), HasSubstr("UNAUTHENTICATED: the bearer token is not one of"));
  EXPECT_THAT(Ask(client), HasSubstr("UNAUTHENTICATED: this server answers known clients only; send the header"));
}

TEST_F(GrpcCredentialsTest, CertificatesOpenWhatTheirScopesSay) {
  tls_.client_authorities = authority_.certificate().string();
  tls_.client_certificates = ClientCertificates::kOptional;
  tls_.clients = WriteClients();
  Start(tls_);
  const ClientSecurity client = Trusting(authority_);
  EXPECT_EQ(Ask(Showing(client, authority_.Issue("web", "URI:spiffe://shop/web"))), "");
  EXPECT_THAT(Ask(Showing(client, authority_.Issue("job", "URI:spiffe://shop/job,DNS:job.shop"))),
              HasSubstr("none of its names (uri:spiffe://shop/job, dns:job.shop, cn:job) is a client"));
  EXPECT_EQ(Ask(WithToken(client, "read-token")), "");
  EXPECT_THAT(Ask(client), HasSubstr("UNAUTHENTICATED"));
}

TEST_F(GrpcCredentialsTest, TokensWorkInTheClearOnThisMachineOnly) {
  SecuritySettings settings;
  settings.clients = WriteClients();
  Start(settings);
  EXPECT_EQ(Ask(WithToken({}, "read-token")), "");
  EXPECT_THAT(Ask({}), HasSubstr("UNAUTHENTICATED"));
  EXPECT_THROW(tools::MakeChannel("shop.example:443", WithToken({}, "read-token")), Error);
}

TEST_F(GrpcCredentialsTest, HealthAnswersEverybodyAndReflectionIsOff) {
  tls_.clients = WriteClients();
  Start(tls_);
  const ClientSecurity anybody = Trusting(authority_);
  const auto call = [&](const std::string& method, const ClientSecurity& caller) {
    grpc::GenericStub stub(tools::MakeChannel(server_->address(), caller));
    grpc::ClientContext context;
    const grpc::Slice nothing;
    const grpc::ByteBuffer request(&nothing, 1);
    grpc::ByteBuffer response;
    std::promise<grpc::Status> answered;
    stub.UnaryCall(&context, method, grpc::StubOptions(), &request, &response,
                   [&](grpc::Status status) { answered.set_value(std::move(status)); });
    return answered.get_future().get().error_code();
  };
  EXPECT_EQ(call("/grpc.health.v1.Health/Check", anybody), grpc::StatusCode::OK);
  EXPECT_EQ(call("/shortlist.v1.Retrieval/Recommend", anybody), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(call("/shortlist.v1.Retrieval/Unheard", anybody), grpc::StatusCode::UNAUTHENTICATED);
  const std::string reflection = "/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo";
  EXPECT_EQ(call(reflection, anybody), grpc::StatusCode::UNAUTHENTICATED);
  EXPECT_EQ(call(reflection, WithToken(anybody, "read-token")), grpc::StatusCode::UNIMPLEMENTED);
}

TEST_F(GrpcCredentialsTest, StartsNeitherOpenNorWithAnExpiredCertificate) {
  ServeSettings open = LoopbackSettings();
  open.address = "0.0.0.0:0";
  ServeSettings expired = LoopbackSettings();
  expired.security = security::SettingsOf(authority_.Issue("old", "IP:127.0.0.1", -1));
  for (const auto& [settings, message] : {std::pair{open, "can be reached over a network without TLS"},
                                          std::pair{expired, "the certificate expired at"}}) {
    try {
      Server::Start(settings, scratch_ / "no-bundle");
      FAIL() << message;
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }
}

// A new authority takes over: first only its certificate arrives, later its key. Old connections and new ones of those
// who trust both are answered throughout.
TEST_F(GrpcCredentialsTest, TakesANewCertificateWithoutFailingACall) {
  Start(tls_);
  const std::filesystem::path both = scratch_ / "both.crt";
  std::ofstream(both) << base::ReadFile(authority_.certificate()) << base::ReadFile(stranger_.certificate());
  const CertificateFiles next = stranger_.Issue("next", "IP:127.0.0.1");
  EXPECT_THAT(Ask(Trusting(stranger_)), HasSubstr("UNAVAILABLE"));

  std::atomic<int> failures = 0;
  std::jthread steady([&](const std::stop_token& stop) {
    const QueryClient old_connection(server_->address(), std::chrono::seconds(20), {both, {}, {}, {}});
    while (!stop.stop_requested()) {
      if (old_connection.Recommend({}).items.empty() || !Ask({both, {}, {}, {}}).empty()) ++failures;
      std::this_thread::sleep_for(milliseconds(5));
    }
  });
  std::filesystem::copy_file(next.certificate, server_files_.certificate, copy_options::overwrite_existing);
  std::this_thread::sleep_for(milliseconds(2500));  // long enough to be looked at, half done
  EXPECT_EQ(Ask(Trusting(authority_)), "");
  std::filesystem::copy_file(next.private_key, server_files_.private_key, copy_options::overwrite_existing);
  while (!Ask(Trusting(stranger_)).empty()) std::this_thread::sleep_for(milliseconds(50));
  EXPECT_THAT(Ask(Trusting(authority_)), HasSubstr("UNAVAILABLE"));
  steady.request_stop();
  steady.join();
  EXPECT_EQ(failures, 0);
}

TEST_F(GrpcCredentialsTest, TakesNewTokensWhileItServes) {
  tls_.clients = WriteClients();
  Start(tls_);
  const ClientSecurity client = Trusting(authority_);
  EXPECT_THAT(Ask(WithToken(client, "fresh-token")), HasSubstr("UNAUTHENTICATED"));
  base::WriteFileAtomically(tls_.clients, R"({"clients": [{"name": "web", "scopes": ["read"], "token_sha256": ")" +
                                              base::Sha256(std::string_view("fresh-token")) + "\"}]}");
  while (!Ask(WithToken(client, "fresh-token")).empty()) std::this_thread::sleep_for(milliseconds(50));
  EXPECT_THAT(Ask(WithToken(client, "read-token")), HasSubstr("UNAUTHENTICATED"));
}

}  // namespace
}  // namespace shortlist::serve
