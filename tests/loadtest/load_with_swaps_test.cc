// The real server with everything that shares state switched on, under real load, while versions come and go. What it
// is for is the thread and address sanitizers, which run it as any build does.
#include <atomic>
#include <chrono>
#include <filesystem>
#include <string>
#include <thread>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "loadtest/load_generator.h"
#include "serve/running_server.h"
#include "shortlist/v1/admin.grpc.pb.h"

namespace shortlist::tools {
namespace {

namespace fs = std::filesystem;
using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::Pair;

class LoadWithSwaps : public ::testing::Test {
 protected:
  void SetUp() override {
    Publish("v1");
    ServeSettings settings = serve::LoopbackSettings();
    settings.threads = 2;
    settings.versions.poll_seconds = 0.02;
    settings.metrics.address = "127.0.0.1:0";
    settings.metrics.canary.fraction = 0.5;
    settings.overload.quota.calls_per_second = 1e6;
    settings.overload.max_wait_milliseconds = 60000;  // instrumented code on a busy machine is slow, never wrong
    settings.access_log.fraction = 0.1;
    server_ = serve::Server::Start(settings, models_);
    admin_ = v1::Admin::NewStub(grpc::CreateChannel(server_->admin_address(), grpc::InsecureChannelCredentials()));
  }

  void Publish(const std::string& name) const {
    fs::create_directories(models_);
    const serve::MadeRetailer retailer(std::hash<std::string>()(name));
    fs::rename(serve::WriteRepeatBundle(retailer, folder_.path()), models_ / name);
  }

  LoadPlan Plan(std::int64_t batch) const {
    LoadPlan plan;
    plan.addresses = {server_->address()};
    plan.connections = 2;
    plan.concurrency = 8;
    plan.batch = batch;
    plan.warm_up = milliseconds(0);
    plan.duration = std::chrono::hours(1);
    plan.deadline = std::chrono::minutes(1);
    return plan;
  }

  // Calls until told to stop.
  LoadReport Load(std::int64_t batch) const {
    const LoadPlan plan = Plan(batch);
    return RunLoad(plan, PrepareCalls(plan, {"user-3", "user-5", "nobody"}),
                   [this](const LoadProgress&) { return !enough_; });
  }

  v1::ListVersionsResponse Versions() const {
    grpc::ClientContext context;
    v1::ListVersionsResponse versions;
    EXPECT_TRUE(admin_->ListVersions(&context, {}, &versions).ok());
    return versions;
  }

  bool Serves(const std::string& name) const {
    const v1::ListVersionsResponse listed = Versions();
    for (const v1::Version& version : listed.versions()) {
      if (version.name() == name) return version.state() == v1::VERSION_STATE_STABLE;
    }
    return false;
  }

  void Await(const std::string& name) const {
    const auto give_up = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (!Serves(name) && std::chrono::steady_clock::now() < give_up) std::this_thread::sleep_for(milliseconds(10));
    EXPECT_TRUE(Serves(name)) << name;
  }

  void MakeCanary(const std::string& name) const {
    grpc::ClientContext context;
    v1::ActivateRequest request;
    v1::ListVersionsResponse versions;
    request.set_name(name);
    request.set_label(v1::VERSION_LABEL_CANARY);
    request.set_canary_percent(50);
    EXPECT_TRUE(admin_->Activate(&context, request, &versions).ok());
  }

  void Follow() const {
    grpc::ClientContext context;
    v1::ListVersionsResponse versions;
    EXPECT_TRUE(admin_->FollowSettings(&context, {}, &versions).ok());
  }

  serve::ScratchFolder folder_;
  fs::path models_ = folder_.path() / "models";
  std::unique_ptr<serve::Server> server_;
  std::unique_ptr<v1::Admin::Stub> admin_;
  std::atomic<bool> enough_ = false;
};

TEST_F(LoadWithSwaps, FailsNoCall) {
  constexpr int kSwaps = 12;
  LoadReport single;
  LoadReport batches;
  std::jthread calling([&] { single = Load(1); });
  std::jthread calling_in_batches([&] { batches = Load(16); });
  for (int version = 2; version < 2 + kSwaps; ++version) {
    const std::string name = "v" + std::to_string(version);
    Publish(name);
    Await(name);
    if (version % 4 != 0) continue;
    MakeCanary("v1");
    Follow();
  }
  enough_ = true;
  calling.join();
  calling_in_batches.join();
  EXPECT_THAT(single.calls_by_code, ElementsAre(Pair("OK", Ge(kSwaps))));
  EXPECT_THAT(batches.calls_by_code, ElementsAre(Pair("OK", Ge(kSwaps))));
}

}  // namespace
}  // namespace shortlist::tools
