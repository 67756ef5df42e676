#include "serve/grpc_admin_service.h"

#include <filesystem>
#include <memory>
#include <string>

#include <gtest/gtest.h>

#include "serve/running_server.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::serve {
namespace {

class GrpcAdminServiceTest : public ::testing::Test {
 protected:
  GrpcAdminServiceTest() : server_(StartMadeServer()), stub_(v1::Admin::NewStub(Channel(server_->admin_address()))) {}

  static std::shared_ptr<grpc::Channel> Channel(const std::string& address) {
    return grpc::CreateChannel(address, grpc::InsecureChannelCredentials());
  }

  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Admin::Stub> stub_;
};

TEST_F(GrpcAdminServiceTest, SaysWhichVersionAnswers) {
  grpc::ClientContext context;
  v1::GetStatusResponse status;
  ASSERT_TRUE(stub_->GetStatus(&context, {}, &status).ok());
  EXPECT_EQ(status.bundle_version(), server_->bundle_version());
  EXPECT_EQ(status.calls_under_way(), 0);
}

// A server of two versions, each of another retailer.
class VersionsByRpcTest : public ::testing::Test {
 protected:
  void SetUp() override {
    for (const char* name : {"v1", "v2"}) {
      const auto bundle = WriteMadeBundle(MadeRetailer(static_cast<std::uint64_t>(name[1])), folder_.path());
      std::filesystem::create_directories(models_);
      std::filesystem::rename(bundle, models_ / name);
    }
    server_ = Server::Start(LoopbackSettings(), models_);
    stub_ = v1::Admin::NewStub(grpc::CreateChannel(server_->admin_address(), grpc::InsecureChannelCredentials()));
  }

  grpc::Status Activate(const std::string& name, v1::VersionLabel label, double percent = 0) {
    grpc::ClientContext context;
    v1::ActivateRequest request;
    request.set_name(name);
    request.set_label(label);
    request.set_canary_percent(percent);
    return stub_->Activate(&context, request, &versions_);
  }
  grpc::Status Rollback() {
    grpc::ClientContext context;
    return stub_->Rollback(&context, {}, &versions_);
  }
  grpc::Status Follow() {
    grpc::ClientContext context;
    return stub_->FollowSettings(&context, {}, &versions_);
  }

  // Of the last answer.
  std::string States() const {
    std::string states;
    for (const v1::Version& version : versions_.versions()) {
      states += version.name() + " " + v1::VersionState_Name(version.state()).substr(14) + ";";
    }
    return states;
  }

  ScratchFolder folder_;
  std::filesystem::path models_ = folder_.path() / "models";
  std::unique_ptr<Server> server_;
  std::unique_ptr<v1::Admin::Stub> stub_;
  v1::ListVersionsResponse versions_;
};

TEST_F(VersionsByRpcTest, ListsThem) {
  grpc::ClientContext context;
  ASSERT_TRUE(stub_->ListVersions(&context, {}, &versions_).ok());
  EXPECT_EQ(States(), "v1 AVAILABLE;v2 STABLE;");
  EXPECT_EQ(versions_.versions(1).bundle_version(), server_->bundle_version());
}

TEST_F(VersionsByRpcTest, MovesTrafficAndBack) {
  EXPECT_TRUE(Activate("v1", v1::VERSION_LABEL_STABLE).ok());
  EXPECT_EQ(States(), "v1 STABLE;v2 AVAILABLE;");
  EXPECT_TRUE(Rollback().ok());
  EXPECT_EQ(States(), "v1 AVAILABLE;v2 STABLE;");
  EXPECT_TRUE(Activate("v1", v1::VERSION_LABEL_CANARY, 25).ok());
  EXPECT_EQ(States(), "v1 CANARY;v2 STABLE;");
  EXPECT_EQ(versions_.canary_percent(), 25);
  EXPECT_TRUE(Follow().ok());
  EXPECT_EQ(States(), "v1 AVAILABLE;v2 STABLE;");
  EXPECT_EQ(versions_.canary_percent(), 0);
}

TEST_F(VersionsByRpcTest, RefusesWhatMakesNoSense) {
  EXPECT_EQ(Activate("", v1::VERSION_LABEL_STABLE).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Activate("v1", v1::VERSION_LABEL_CANARY, 101).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Activate("v1", static_cast<v1::VersionLabel>(9)).error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_EQ(Activate("v3", v1::VERSION_LABEL_STABLE).error_code(), grpc::StatusCode::NOT_FOUND);
  EXPECT_EQ(Rollback().error_code(), grpc::StatusCode::FAILED_PRECONDITION);
}

TEST_F(GrpcAdminServiceTest, IsNotOnThePortOfShoppersNorTheyOnItsOwn) {
  grpc::ClientContext admin_context;
  v1::GetStatusResponse status;
  const auto wrong = v1::Admin::NewStub(Channel(server_->address()));
  EXPECT_EQ(wrong->GetStatus(&admin_context, {}, &status).error_code(), grpc::StatusCode::UNIMPLEMENTED);
  grpc::ClientContext context;
  v1::RecommendResponse answer;
  const auto shopper = v1::Retrieval::NewStub(Channel(server_->admin_address()));
  EXPECT_EQ(shopper->Recommend(&context, {}, &answer).error_code(), grpc::StatusCode::UNIMPLEMENTED);
}

}  // namespace
}  // namespace shortlist::serve
