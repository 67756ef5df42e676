#include "serve/grpc_health.h"

#include <string>

#include <gtest/gtest.h>

#include "serve/raw_client.h"

namespace shortlist::serve {
namespace {

class HealthPortTest : public ::testing::Test {
 protected:
  ~HealthPortTest() override { port_.Shutdown(std::chrono::milliseconds(100)); }

  std::string Ask(const std::string& service) { return client_.Call(kHealthCheck, HealthRequest(service)); }

  HealthPort port_{"127.0.0.1:0", {}};
  RawClient client_{port_.address()};
};

TEST_F(HealthPortTest, LivesBeforeItServes) {
  EXPECT_EQ(Ask(kLiveness), kServing);
  EXPECT_EQ(Ask(kStartup), kNotServing);
  EXPECT_EQ(Ask(kReadiness), kNotServing);
  EXPECT_EQ(Ask(""), kNotServing);
}

TEST_F(HealthPortTest, IsReadyOnceItServes) {
  port_.Serve();
  for (const char* service : {kLiveness, kStartup, kReadiness, ""}) EXPECT_EQ(Ask(service), kServing) << service;
}

TEST_F(HealthPortTest, LivesOnWhileItLeaves) {
  port_.Serve();
  port_.Leave();
  EXPECT_EQ(Ask(kLiveness), kServing);
  EXPECT_EQ(Ask(kStartup), kServing);
  EXPECT_EQ(Ask(kReadiness), kNotServing);
  EXPECT_EQ(Ask(""), kNotServing);
}

TEST_F(HealthPortTest, KnowsNoOtherService) {
  EXPECT_EQ(Ask("shortlist.v1.Retrieval"), "");
}

}  // namespace
}  // namespace shortlist::serve
