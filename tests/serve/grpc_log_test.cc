#include "serve/grpc_log.h"

#include <string>

#include <gmock/gmock.h>
#include <grpc/grpc.h>
#include <grpc/support/log.h>
#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

TEST(GrpcLog, ErrorsAreWarningsOfOurs) {
  grpc_init();  // which decides what is logged at all
  TakeGrpcLogs();
  ::testing::internal::CaptureStderr();
  gpr_log(GPR_ERROR, "Handshake failed with %s", "a stranger");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              ::testing::ContainsRegex("Z warning grpc: Handshake failed with a stranger\n"));
  grpc_shutdown();
}

}  // namespace
}  // namespace shortlist::serve
