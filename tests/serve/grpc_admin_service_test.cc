#include "serve/grpc_admin_service.h"

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
