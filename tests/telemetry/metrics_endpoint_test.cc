#include "telemetry/metrics_endpoint.h"

#include <array>
#include <cstdio>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"
#include "telemetry/process_metrics.h"
#include "telemetry/serving_metrics.h"

namespace shortlist::telemetry {
namespace {

using ::testing::HasSubstr;

std::string Curl(const std::string& url) {
  std::FILE* const pipe = popen(("curl --silent --noproxy '*' --max-time 10 " + url).c_str(), "r");
  std::string text;
  std::array<char, 4096> part{};
  for (std::size_t bytes = 1; bytes > 0;) {
    bytes = std::fread(part.data(), 1, part.size(), pipe);
    text.append(part.data(), bytes);
  }
  pclose(pipe);
  return text;
}

TEST(MetricsEndpoint, AnswersOverHttp) {
  ServingMetrics metrics;
  metrics.Finished(Method::kRecommend, 0, .003);
  const MetricsEndpoint endpoint("127.0.0.1:0", {metrics.collectable(), CollectProcess()});
  const std::string text = Curl("http://" + endpoint.address() + "/metrics");
  EXPECT_THAT(text, HasSubstr("# TYPE shortlist_requests_total counter"));
  EXPECT_THAT(text, HasSubstr("shortlist_requests_total{code=\"OK\",method=\"Recommend\"} 1"));
  EXPECT_THAT(text, HasSubstr("shortlist_request_duration_seconds_bucket{method=\"Recommend\",le=\"0.005\"} 1"));
  EXPECT_THAT(text, HasSubstr("process_resident_memory_bytes "));
}

TEST(MetricsEndpoint, SaysThatAPortIsTaken) {
  const MetricsEndpoint first("127.0.0.1:0", {});
  for (const std::string& address : {first.address(), std::string("nowhere"), std::string("127.0.0.1:http")}) {
    try {
      const MetricsEndpoint second(address, {});
      FAIL() << address;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kUnavailable);
      EXPECT_THAT(error.what(), HasSubstr("cannot listen on '" + address + "' for metrics"));
    }
  }
}

}  // namespace
}  // namespace shortlist::telemetry
