#include "faults/served_models.h"

#include <csignal>
#include <fstream>
#include <thread>
#include <utility>

#include <grpcpp/grpcpp.h>

namespace shortlist::faults {
namespace {

namespace fs = std::filesystem;
using std::chrono::seconds;

std::shared_ptr<grpc::Channel> Connect(const std::string& address) {
  return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
}

}  // namespace

void ServedModels::SetUp() {
  fs::create_directories(models());
  Publish("v1");
}

fs::path ServedModels::MakeBundle(std::uint64_t seed) const {
  return serve::WriteMadeBundle(serve::MadeRetailer(seed), folder_.path());
}

void ServedModels::Publish(const std::string& name) const {
  fs::rename(MakeBundle(std::hash<std::string>()(name)), models() / name);
}

fs::path ServedModels::Prepare(const std::string& name) const {
  fs::path place = folder_.path() / name;
  fs::rename(MakeBundle(std::hash<std::string>()(name)), place);
  return place;
}

void ServedModels::Serve(const std::string& settings, const std::string& address, const std::string& versions) {
  const fs::path config = folder_.path() / "serve.yaml";
  std::ofstream(config) << "serve: {versions: {poll_seconds: 0.05, " << versions << "}, " << settings << "}\n";
  server_ =
      std::make_unique<e2e::Program>(std::vector<std::string>{"serve", config.string(), "--bundle", models().string(),
                                                              "--address", address, "--admin-address", "127.0.0.1:0"},
                                     folder_.path());
  const auto line = server_->WaitForLine("serving ");
  ASSERT_TRUE(line.has_value()) << server_->Wait().err;
  address_ = line->substr(line->find(" on ") + 4);
  const auto admin = server_->WaitForLine("admin on ");
  ASSERT_TRUE(admin.has_value()) << server_->Wait().err;
  stub_ = v1::Retrieval::NewStub(Connect(address_));
  const std::string admin_address = admin->substr(admin->find(" on ") + 4);
  admin_stub_ = v1::Admin::NewStub(Connect(admin_address));
  admin_ = std::make_unique<tools::AdminClient>(admin_address, seconds(60));
}

void ServedModels::Kill() {
  server_->Signal(SIGKILL);
  server_->Wait();
}

e2e::Outcome ServedModels::Stop() {
  server_->Signal(SIGTERM);
  return server_->Wait();
}

tools::ServedVersion ServedModels::Version(const std::string& name) const {
  for (const tools::ServedVersion& version : admin_->ListVersions().versions) {
    if (version.name == name) return version;
  }
  return {};
}

std::int64_t ServedModels::CallsUnderWay() const {
  grpc::ClientContext context;
  v1::GetStatusResponse status;
  return admin_stub_->GetStatus(&context, {}, &status).ok() ? status.calls_under_way() : -1;
}

std::string ServedModels::Stable() const {
  for (const tools::ServedVersion& version : admin_->ListVersions().versions) {
    if (version.state == "stable") return version.name;
  }
  return "";
}

void ServedModels::Await(const std::string& what, const std::function<bool()>& is_so) {
  const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
  while (!is_so()) {
    if (std::chrono::steady_clock::now() > give_up) {
      ADD_FAILURE() << "waited a minute for: " << what;
      return;
    }
    std::this_thread::sleep_for(std::chrono::milliseconds(10));
  }
}

grpc::Status ServedModels::Recommend(v1::RecommendResponse& response, std::chrono::milliseconds deadline) const {
  grpc::ClientContext context;
  context.set_deadline(std::chrono::system_clock::now() + deadline);
  v1::RecommendRequest request;
  request.set_user_id("user-5");
  request.set_k(10);
  return stub_->Recommend(&context, request, &response);
}

void ServedModels::ExpectAnswer() const {
  v1::RecommendResponse response;
  const grpc::Status status = Recommend(response, seconds(30));
  EXPECT_TRUE(status.ok()) << status.error_message();
  EXPECT_EQ(response.items_size(), 10);
}

}  // namespace shortlist::faults
