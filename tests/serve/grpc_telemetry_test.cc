// Calls as the metrics, the log and the answers' headers tell of them.
#include "serve/grpc_telemetry.h"

#include <chrono>
#include <map>
#include <memory>
#include <string>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "base/log.h"
#include "serve/listening_service.h"
#include "telemetry/reading.h"

namespace shortlist::serve {
namespace {

using ::testing::ContainsRegex;
using ::testing::HasSubstr;
using ::testing::Not;

constexpr char kTraceparent[] = "00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01";

class GrpcTelemetryTest : public ::testing::Test {
 protected:
  // A service with the filter, which logs this share of calls.
  std::unique_ptr<ListeningService> Listen(double fraction) {
    std::vector<std::unique_ptr<CallFilter>> filters;
    filters.push_back(std::make_unique<TelemetryFilter>(AccessLogSettings{fraction, ""}, metrics_));
    return std::make_unique<ListeningService>(std::move(filters));
  }

  // The answer's headers of one call with these.
  static std::multimap<std::string, std::string> Call(ListeningService& service,
                                                      const std::map<std::string, std::string>& headers = {}) {
    grpc::ClientContext context;
    for (const auto& [name, value] : headers) context.AddMetadata(name, value);
    EXPECT_TRUE(service.Recommend(context).ok());
    std::multimap<std::string, std::string> answered;
    for (const auto& [name, value] : context.GetServerInitialMetadata()) {
      answered.emplace(std::string(name.data(), name.size()), std::string(value.data(), value.size()));
    }
    return answered;
  }

  double Value(const std::string& name, const telemetry::LabelMap& labels = {}) const {
    return telemetry::ValueOf(*metrics_.collectable(), "shortlist_" + name, labels);
  }

  telemetry::ServingMetrics metrics_;
};

TEST_F(GrpcTelemetryTest, CountsAndTimesCalls) {
  {
    const auto service = Listen(0);
    for (int i = 0; i < 3; ++i) Call(*service);
  }
  EXPECT_EQ(Value("requests_total", {{"method", "Recommend"}, {"code", "OK"}}), 3);
  EXPECT_EQ(Value("request_duration_seconds", {{"method", "Recommend"}}), 3);
  EXPECT_EQ(Value("queue_wait_seconds"), 3);
  EXPECT_EQ(Value("requests_in_flight"), 0);
}

TEST_F(GrpcTelemetryTest, SendsTheClientsIdAndTraceBack) {
  const auto service = Listen(0);
  const auto headers = Call(*service, {{"x-request-id", "checkout-7"}, {"traceparent", kTraceparent}});
  EXPECT_EQ(headers.find("x-request-id")->second, "checkout-7");
  EXPECT_EQ(headers.find("traceparent")->second, kTraceparent);
}

TEST_F(GrpcTelemetryTest, MakesAnIdWhereThereIsNoneThatMayBeLogged) {
  const auto service = Listen(0);
  for (const std::map<std::string, std::string>& sent :
       {std::map<std::string, std::string>{}, {{"x-request-id", "two words"}, {"traceparent", "nonsense"}}}) {
    const auto headers = Call(*service, sent);
    EXPECT_EQ(headers.find("x-request-id")->second.size(), 16U);
    EXPECT_EQ(headers.count("traceparent"), 0U);
  }
}

TEST_F(GrpcTelemetryTest, LogsTheChosenShareOfCalls) {
  ::testing::internal::CaptureStderr();
  {
    const auto service = Listen(1);
    Call(*service, {{"x-request-id", "checkout-7"}, {"traceparent", kTraceparent}});
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, ContainsRegex("info call method=shortlist.v1.Retrieval/Recommend code=OK duration_seconds=[0-9.e-]+ "
                                 "client=ipv4:127.0.0.1 request_id=checkout-7 request_bytes=[0-9]+ response_bytes="));
  EXPECT_THAT(log, HasSubstr("trace_id=4bf92f3577b34da6a3ce929d0e0e4736"));
  ::testing::internal::CaptureStderr();
  {
    const auto service = Listen(0);
    Call(*service);
  }
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), Not(HasSubstr("call method")));
}

TEST_F(GrpcTelemetryTest, ShoppersAreInTheLogByPseudonymsOnly) {
  ::testing::internal::CaptureStderr();
  {
    const auto service = Listen(1);
    grpc::ClientContext context;
    v1::RecommendRequest request;
    v1::RecommendResponse response;
    request.set_user_id("user-3");
    request.set_k(-1);
    EXPECT_THAT(service->stub->Recommend(&context, request, &response).error_message(), HasSubstr("k is -1"));
  }
  const std::string log = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(log, ContainsRegex("code=INVALID_ARGUMENT .* user=[0-9a-f]{16}\n"));
  EXPECT_THAT(log, Not(HasSubstr("user-3")));
}

}  // namespace
}  // namespace shortlist::serve
