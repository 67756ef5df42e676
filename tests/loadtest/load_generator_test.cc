#include "loadtest/load_generator.h"

#include <atomic>
#include <chrono>
#include <mutex>
#include <set>
#include <thread>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "loadtest/stub_server.h"
#include "serve/running_server.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

using std::chrono::milliseconds;
using ::testing::ElementsAre;
using ::testing::Ge;
using ::testing::HasSubstr;
using ::testing::Pair;
using ::testing::SizeIs;

LoadPlan ShortPlan(const std::vector<std::string>& addresses) {
  LoadPlan plan;
  plan.addresses = addresses;
  plan.warm_up = milliseconds(50);
  plan.duration = milliseconds(400);
  plan.deadline = std::chrono::minutes(1);
  return plan;
}

LoadReport Load(const LoadPlan& plan, const std::vector<std::string>& user_ids = {}) {
  return RunLoad(plan, PrepareCalls(plan, user_ids), [](const LoadProgress&) { return true; });
}

// How many calls the schedule of a plan holds after its warm-up.
std::int64_t MeasuredArrivals(const LoadPlan& plan) {
  Arrivals arrivals(plan.arrivals, plan.rate, plan.seed);
  std::int64_t count = 0;
  for (auto time = arrivals.Next(); time < plan.warm_up + plan.duration; time = arrivals.Next()) {
    if (time >= plan.warm_up) ++count;
  }
  return count;
}

TEST(LoadGeneratorTest, SendsEveryCallOfItsScheduleToARealServer) {
  const auto server = serve::StartMadeServer();
  LoadPlan plan = ShortPlan({server->address()});
  plan.rate = 500;
  const LoadReport report = Load(plan, {"user-3", "user-5"});
  EXPECT_THAT(report.calls_by_code, ElementsAre(Pair("OK", MeasuredArrivals(plan))));
  EXPECT_THAT(report.latencies, SizeIs(6));
  EXPECT_GT(report.latencies[0].latency.count(), 0);
}

TEST(LoadGeneratorTest, SendsBatchesThatTheServerAccepts) {
  const auto server = serve::StartMadeServer();
  LoadPlan plan = ShortPlan({server->address()});
  plan.rate = 200;
  plan.arrivals = ArrivalKind::kConstant;
  plan.batch = 16;
  EXPECT_THAT(Load(plan, {"user-3"}).calls_by_code, ElementsAre(Pair("OK", MeasuredArrivals(plan))));
}

TEST(LoadGeneratorTest, CallersWaitForAnswersBeforeTheyCallAgain) {
  std::atomic<int> under_way = 0;
  std::atomic<bool> exceeded = false;
  StubServer server([&](const std::string&) {
    if (++under_way > 3) exceeded = true;
    std::this_thread::sleep_for(milliseconds(1));
    --under_way;
    return grpc::Status::OK;
  });
  LoadPlan plan = ShortPlan({server.address()});
  plan.concurrency = 3;
  const LoadReport report = Load(plan);
  EXPECT_FALSE(exceeded);
  EXPECT_THAT(report.calls_by_code, ElementsAre(Pair("OK", Ge(3))));
}

TEST(LoadGeneratorTest, CountsAStallForEveryCallThatItDelays) {
  std::atomic<bool> stalled = false;
  StubServer server([&](const std::string&) {
    if (!stalled.exchange(true)) std::this_thread::sleep_for(milliseconds(400));
    return grpc::Status::OK;
  });
  LoadPlan plan = ShortPlan({server.address()});
  plan.warm_up = milliseconds(0);
  plan.rate = 100;
  plan.arrivals = ArrivalKind::kConstant;
  plan.concurrency = 1;
  const LoadReport report = Load(plan);
  // One call was slow, but half of all were meant to be sent within its first 200 ms.
  EXPECT_EQ(report.latencies[0].name, "p50");
  EXPECT_GE(report.latencies[0].latency, milliseconds(190));
  EXPECT_GE(report.send_lag, milliseconds(190));
  EXPECT_THAT(report.calls_by_code, ElementsAre(Pair("OK", MeasuredArrivals(plan))));
}

TEST(LoadGeneratorTest, CountsFailuresByTheirCode) {
  std::atomic<int> calls = 0;
  StubServer server([&](const std::string&) {
    return calls++ % 4 == 0 ? grpc::Status(grpc::StatusCode::RESOURCE_EXHAUSTED, "full") : grpc::Status::OK;
  });
  LoadPlan plan = ShortPlan({server.address()});
  plan.warm_up = milliseconds(0);
  plan.rate = 500;
  const LoadReport report = Load(plan);
  EXPECT_EQ(report.calls_by_code.at("RESOURCE_EXHAUSTED"), (MeasuredArrivals(plan) + 3) / 4);
}

TEST(LoadGeneratorTest, SendsAgainWhatAServerCouldNotTake) {
  constexpr int kRefused = 3;  // so that one call has an attempt left even if all of them are its own
  std::atomic<int> calls = 0;
  StubServer server([&](const std::string&) {
    return calls++ < kRefused ? grpc::Status(grpc::StatusCode::UNAVAILABLE, "leaving") : grpc::Status::OK;
  });
  LoadPlan plan = ShortPlan({server.address()});
  plan.warm_up = milliseconds(0);
  plan.rate = 100;
  plan.arrivals = ArrivalKind::kConstant;
  plan.attempts = kRefused + 1;
  EXPECT_THAT(Load(plan).calls_by_code, ElementsAre(Pair("OK", MeasuredArrivals(plan))));
  EXPECT_EQ(calls, MeasuredArrivals(plan) + kRefused);
}

TEST(LoadGeneratorTest, CallsHaveADeadlineFromTheirIntendedTimeOn) {
  StubServer server([&](const std::string&) {
    std::this_thread::sleep_for(milliseconds(200));
    return grpc::Status::OK;
  });
  LoadPlan plan = ShortPlan({server.address()});
  plan.rate = 20;
  plan.deadline = milliseconds(50);
  EXPECT_THAT(Load(plan).calls_by_code, ElementsAre(Pair("DEADLINE_EXCEEDED", MeasuredArrivals(plan))));
}

TEST(LoadGeneratorTest, UsesAllAddressesInTurn) {
  std::atomic<int> first = 0;
  std::atomic<int> second = 0;
  StubServer one([&](const std::string&) { return ++first, grpc::Status::OK; });
  StubServer other([&](const std::string&) { return ++second, grpc::Status::OK; });
  LoadPlan plan = ShortPlan({one.address(), other.address()});
  plan.connections = 2;
  plan.rate = 300;
  Load(plan);
  EXPECT_GT(first, 10);
  EXPECT_NEAR(first, second, 1);
}

TEST(LoadGeneratorTest, EndsEarlyWhenToldTo) {
  StubServer server([](const std::string&) { return grpc::Status::OK; });
  LoadPlan plan = ShortPlan({server.address()});
  plan.duration = std::chrono::hours(1);
  plan.rate = 100;
  const PreparedCalls calls = PrepareCalls(plan, {});
  const LoadReport report = RunLoad(plan, calls, [](const LoadProgress& now) { return now.answered < 5; });
  EXPECT_GE(report.calls_by_code.at("OK"), 5);
}

TEST(LoadGeneratorTest, SaysThatNoServerAnswers) {
  std::string address;
  {
    const StubServer gone([](const std::string&) { return grpc::Status::OK; });
    address = gone.address();
  }
  try {
    Load(ShortPlan({address}));
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kUnavailable);
    EXPECT_THAT(error.what(), HasSubstr("no server answers at '" + address + "'"));
  }
}

TEST(LoadGeneratorTest, RefusesPlansThatCannotBe) {
  LoadPlan plan = ShortPlan({});
  EXPECT_THROW(Load(plan), Error);
  plan = ShortPlan({"127.0.0.1:1"});
  plan.concurrency = 0;
  EXPECT_THROW(Load(plan), Error);
  plan.concurrency = 1;
  plan.rate = -1;
  EXPECT_THROW(Load(plan), Error);
  plan.rate = 1;
  plan.attempts = 0;
  EXPECT_THROW(Load(plan), Error);
}

}  // namespace
}  // namespace shortlist::tools
