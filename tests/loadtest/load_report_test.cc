#include "loadtest/load_report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace shortlist::tools {
namespace {

using std::chrono::microseconds;
using std::chrono::milliseconds;
using ::testing::HasSubstr;
using ::testing::Not;

LoadReport MadeReport() {
  LoadReport report;
  report.seconds = 10;
  report.offered_rate = 2000;
  report.answered_rate = 1999.5;
  report.calls_by_code = {{"OK", 19995}, {"UNAVAILABLE", 5}};
  report.latencies = {{"p50", microseconds(500)}, {"p99", milliseconds(4)}};
  report.mean_latency = microseconds(610);
  report.send_lag = microseconds(70);
  report.client_microseconds = 31;
  return report;
}

LoadPlan MadePlan() {
  LoadPlan plan;
  plan.addresses = {"a:1", "b:2"};
  plan.rate = 2000;
  return plan;
}

TEST(LoadReportTest, SaysWhatWasDoneAndWhatCameOfIt) {
  const std::string text = Text(MadePlan(), MadeReport());
  EXPECT_THAT(text, HasSubstr("Poisson arrivals of 2000 calls/s for 10.0 s on a:1, b:2"));
  EXPECT_THAT(text, HasSubstr("19995 OK, 5 UNAVAILABLE"));
  EXPECT_THAT(text, HasSubstr("2000.0 calls/s offered, 1999.5 answered\n"));
  EXPECT_THAT(text, HasSubstr("mean 610 us, p50 500 us, p99 4 ms"));
  EXPECT_THAT(text, HasSubstr("31.0 us of CPU per call"));
  EXPECT_THAT(text, Not(HasSubstr("sent late")));
}

TEST(LoadReportTest, SaysWhenTheClientIsTheLimit) {
  LoadReport report = MadeReport();
  report.send_lag = milliseconds(80);
  EXPECT_THAT(Text(MadePlan(), report), HasSubstr("p99 80 ms; calls were sent late"));
}

TEST(LoadReportTest, CountsTheShoppersOfBatches) {
  LoadPlan plan = MadePlan();
  plan.rate = 0;
  plan.batch = 16;
  const std::string text = Text(plan, MadeReport());
  EXPECT_THAT(text, HasSubstr("64 callers"));
  EXPECT_THAT(text, HasSubstr("(31992.0 shoppers/s, 16 per call)"));
}

TEST(LoadReportTest, GivesProgramsBaseUnits) {
  const auto json = nlohmann::json::parse(Json(MadePlan(), MadeReport()));
  EXPECT_DOUBLE_EQ(json["latency_seconds"]["p99"], .004);
  EXPECT_DOUBLE_EQ(json["client_cpu_seconds_per_call"], 31e-6);
  EXPECT_EQ(json["calls_by_code"]["UNAVAILABLE"], 5);
}

TEST(LoadReportTest, ChoosesTheUnitOfATime) {
  EXPECT_EQ(LatencyText(std::chrono::nanoseconds(87'345)), "87.3 us");
  EXPECT_EQ(LatencyText(microseconds(1240)), "1.24 ms");
  EXPECT_EQ(LatencyText(milliseconds(2500)), "2.5 s");
}

}  // namespace
}  // namespace shortlist::tools
