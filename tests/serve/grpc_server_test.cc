// The server's life: start, health, reflection, load from several clients, drain, and refusal of what cannot be served.
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/generic/generic_stub.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "query_client.h"
#include "security/certificate_authority.h"
#include "serve/raw_client.h"
#include "serve/running_server.h"
#include "serve/server.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using std::chrono::seconds;
using ::testing::HasSubstr;

// A call of Health/Watch that stays open.
class HealthWatch {
 public:
  explicit HealthWatch(const std::string& address)
      : stub_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
        call_(stub_.PrepareCall(&context_, "/grpc.health.v1.Health/Watch", &queue_)) {
    call_->StartCall(nullptr);
    Await();
    call_->WriteLast(BufferOf(""), {}, nullptr);
    Await();
  }
  ~HealthWatch() {
    context_.TryCancel();
    grpc::Status status;
    call_->Finish(&status, nullptr);
    Await();
  }
  HealthWatch(const HealthWatch&) = delete;
  HealthWatch& operator=(const HealthWatch&) = delete;

  std::string Next() {
    grpc::ByteBuffer response;
    call_->Read(&response, nullptr);
    return Await() ? BytesOf(response) : "";
  }

 private:
  bool Await() {
    void* tag = nullptr;
    bool ok = false;
    queue_.Next(&tag, &ok);
    return ok;
  }

  grpc::CompletionQueue queue_;
  grpc::ClientContext context_;
  grpc::GenericStub stub_;
  std::unique_ptr<grpc::GenericClientAsyncReaderWriter> call_;
};

// ServerReflectionRequest{list_services: "*"}.
constexpr char kListServices[] = "\x3A\x01*";

TEST(Server, TakesAFreePortAndSaysWhich) {
  const auto server = StartMadeServer();
  EXPECT_GT(server->port(), 0);
  EXPECT_EQ(server->address(), "127.0.0.1:" + std::to_string(server->port()));
  EXPECT_FALSE(server->bundle_version().empty());
}

TEST(Server, ReportsHealthPerService) {
  const auto server = StartMadeServer();
  RawClient client(server->address());
  EXPECT_EQ(client.Call(kHealthCheck, HealthRequest("")), kServing);
  EXPECT_EQ(client.Call(kHealthCheck, HealthRequest("shortlist.v1.Retrieval")), kServing);
  EXPECT_EQ(client.Call(kHealthCheck, HealthRequest("another.Service")), "");
}

TEST(Server, TellsItsHealthInTheClearOnAPortOfItsOwn) {
  const ScratchDirectory scratch;
  const security::CertificateAuthority authority(scratch / "ca", "ca");
  ServeSettings settings = LoopbackSettings();
  settings.security = security::SettingsOf(authority.Issue("server", "IP:127.0.0.1"));
  settings.health.address = "127.0.0.1:0";
  settings.shutdown.lame_duck_seconds = 1;
  const auto server = StartMadeServer(settings);
  RawClient client(server->health_address());
  for (const char* service : {"", "liveness", "startup", "readiness"}) {
    EXPECT_EQ(client.Call(kHealthCheck, HealthRequest(service)), kServing) << service;
  }
  EXPECT_EQ(client.Call("/shortlist.v1.Retrieval/Recommend", ""), "");
  server->Shutdown();
  EXPECT_EQ(client.Call(kHealthCheck, HealthRequest("readiness")), kNotServing);
  EXPECT_EQ(client.Call(kHealthCheck, HealthRequest("liveness")), kServing);
}

TEST(Server, HasNoPortForHealthUnlessAskedFor) {
  EXPECT_EQ(StartMadeServer()->health_address(), "");
}

TEST(Server, ListsItsServicesByReflection) {
  const auto server = StartMadeServer();
  const std::string services =
      RawClient(server->address())
          .Call("/grpc.reflection.v1alpha.ServerReflection/ServerReflectionInfo", kListServices);
  EXPECT_THAT(services, HasSubstr("shortlist.v1.Retrieval"));
  EXPECT_THAT(services, HasSubstr("grpc.health.v1.Health"));
}

TEST(Server, AnswersManyClientsAtOnce) {
  for (const std::int64_t threads : {0, 3}) {
    ServeSettings settings = LoopbackSettings();
    settings.threads = threads;
    const auto server = StartMadeServer(settings);
    std::vector<std::jthread> clients(4);
    for (std::jthread& thread : clients) {
      thread = std::jthread([&, user = UserName(1 + static_cast<std::int32_t>(&thread - clients.data()))] {
        const tools::QueryClient client(server->address());
        tools::RecommendQuery query;
        query.user_id = user;
        const tools::Shortlist first = client.Recommend(query);
        for (int call = 0; call < 100; ++call) {
          const tools::Shortlist again = client.Recommend(query);
          ASSERT_EQ(again.items.size(), 10U);
          EXPECT_EQ(again.items.back().id, first.items.back().id);
        }
      });
    }
  }
}

TEST(Server, RefusesBadAddresses) {
  const ScratchFolder folder;
  const auto bundle = WriteMadeBundle(MadeRetailer(), folder.path());
  for (const char* address : {"", "localhost", ":50051", "localhost:", "localhost:http", "localhost:123456"}) {
    ServeSettings settings = LoopbackSettings();
    settings.address = address;
    try {
      Server::Start(settings, bundle);
      FAIL() << address;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kInvalidArgument) << address;
      EXPECT_THAT(error.what(), HasSubstr("is not host:port"));
    }
  }
}

TEST(Server, RefusesAPortThatIsTaken) {
  const auto server = StartMadeServer();
  ServeSettings settings = LoopbackSettings();
  settings.address = server->address();
  try {
    StartMadeServer(settings);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kUnavailable);
    EXPECT_THAT(error.what(), HasSubstr("cannot listen on '" + settings.address + "'"));
  }
}

TEST(Server, RefusesADamagedBundle) {
  const ScratchFolder folder;
  const auto bundle = WriteMadeBundle(MadeRetailer(), folder.path());
  std::ofstream(bundle / "users.safetensors", std::ios::app) << 'x';
  try {
    Server::Start(LoopbackSettings(), bundle);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kDataLoss);
    EXPECT_THAT(error.what(), HasSubstr("users.safetensors"));
  }
}

TEST(Server, ShutsDownOnceAndRefusesNewCalls) {
  const auto server = StartMadeServer();
  const tools::QueryClient client(server->address());
  EXPECT_EQ(client.Recommend({}).items.size(), 10U);
  server->Shutdown();
  server->Shutdown();
  try {
    client.Recommend({});
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kUnavailable);
  }
}

// Every call that a shutdown meets is answered or refused as unavailable; none hangs or fails otherwise.
TEST(Server, DrainsUnderLoad) {
  const auto server = StartMadeServer();
  std::vector<std::jthread> clients(3);
  for (std::jthread& thread : clients) {
    thread = std::jthread([&] {
      const tools::QueryClient client(server->address());
      try {
        for (;;) EXPECT_EQ(client.Recommend({}).items.size(), 10U);
      } catch (const Error& error) {
        EXPECT_EQ(error.code(), Code::kUnavailable) << error.what();
      }
    });
  }
  std::this_thread::sleep_for(std::chrono::milliseconds(200));
  const auto start = std::chrono::steady_clock::now();
  server->Shutdown();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(3));
}

TEST(Server, IsNotHeldUpByThoseWhoWatchItsHealthNorByIdleConnections) {
  ServeSettings settings = LoopbackSettings();
  settings.shutdown.drain_seconds = 60;
  const auto server = StartMadeServer(settings);
  const tools::QueryClient idle(server->address());
  idle.Recommend({});
  HealthWatch watch(server->address());
  EXPECT_EQ(watch.Next(), kServing);
  const auto start = std::chrono::steady_clock::now();
  server->Shutdown();
  EXPECT_LT(std::chrono::steady_clock::now() - start, seconds(30));
  EXPECT_EQ(watch.Next(), kNotServing);
}

TEST(Server, AnswersWhileItIsALameDuck) {
  ServeSettings settings = LoopbackSettings();
  settings.shutdown.lame_duck_seconds = 2;
  const auto server = StartMadeServer(settings);
  HealthWatch watch(server->address());
  EXPECT_EQ(watch.Next(), kServing);
  std::jthread leaving([&] { server->Shutdown(); });
  EXPECT_EQ(watch.Next(), kNotServing);
  EXPECT_EQ(tools::QueryClient(server->address()).Recommend({}).items.size(), 10U);
}

}  // namespace
}  // namespace shortlist::serve
