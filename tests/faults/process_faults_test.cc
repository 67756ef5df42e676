// A server that is killed, stopped and told to leave while it answers.
#include <csignal>

#include <gtest/gtest.h>

#include "faults/load.h"
#include "faults/served_models.h"

namespace shortlist::faults {
namespace {

using std::chrono::milliseconds;

class ProcessFaults : public ServedModels {
 protected:
  void SetUp() override {
    ServedModels::SetUp();
    Serve();
  }

  void AwaitAnswers(const Load& load, std::int64_t more) const {
    const std::int64_t before = load.answered();
    Await("answers", [&] { return load.answered() >= before + more; });
  }
};

TEST_F(ProcessFaults, AnswersAgainAfterEveryKillAndRestart) {
  Load load({.address = address()});
  for (int kill = 0; kill < 3; ++kill) {
    AwaitAnswers(load, 20);
    Kill();
    Serve({}, address());
  }
  AwaitAnswers(load, 20);
  for (const CallRecord& record : load.Stop()) {
    const bool expected = record.code == grpc::StatusCode::OK || record.code == grpc::StatusCode::UNAVAILABLE;
    EXPECT_TRUE(expected) << record.code << " " << record.message;
  }
}

TEST_F(ProcessFaults, LeavesWithStatusZeroUnderLoadHavingAnsweredOrRefusedEveryCall) {
  Load load({.address = address(), .connections = 8, .calls_per_second = 400});
  AwaitAnswers(load, 50);
  EXPECT_EQ(Stop().status, 0);
  for (const CallRecord& record : load.Stop()) {
    // CANCELLED: gRPC's own word to a new call that arrives after its server began to close connections and before its
    // client knows; calls that were there before have been answered by then.
    const bool expected = record.code == grpc::StatusCode::OK || record.code == grpc::StatusCode::UNAVAILABLE ||
                          record.code == grpc::StatusCode::CANCELLED;
    EXPECT_TRUE(expected) << record.code << " " << record.message;
  }
}

TEST_F(ProcessFaults, ConnectionsThatAreClosedForTheirAgeFailNoCall) {
  Kill();
  Serve("connections: {max_age_seconds: 1}");
  Load load({.address = address(), .connections = 8, .calls_per_second = 400});
  std::this_thread::sleep_for(milliseconds(4000));
  const std::vector<CallRecord> records = load.Stop();
  EXPECT_GT(records.size(), 400U);
  for (const CallRecord& record : records) EXPECT_EQ(record.code, grpc::StatusCode::OK) << record.message;
}

TEST_F(ProcessFaults, GoesOnAfterItWasStopped) {
  Load load({.address = address(), .deadline = milliseconds(300)});
  AwaitAnswers(load, 20);
  server().Signal(SIGSTOP);
  std::this_thread::sleep_for(milliseconds(1500));
  server().Signal(SIGCONT);
  AwaitAnswers(load, 50);
  int late = 0;
  for (const CallRecord& record : load.Stop()) {
    late += record.code == grpc::StatusCode::DEADLINE_EXCEEDED ? 1 : 0;
    const bool expected = record.code == grpc::StatusCode::OK || record.code == grpc::StatusCode::DEADLINE_EXCEEDED ||
                          record.code == grpc::StatusCode::RESOURCE_EXHAUSTED;
    EXPECT_TRUE(expected) << record.code << " " << record.message;
  }
  EXPECT_GT(late, 0);
  ExpectAnswer();
}

TEST_F(ProcessFaults, ServesWhatWasActivatedAfterAKill) {
  const std::string state = "state: " + (folder_.path() / "versions.json").string();
  Kill();
  Publish("v2");
  Serve({}, "127.0.0.1:0", state);
  EXPECT_EQ(Stable(), "v2");
  EXPECT_EQ(admin().ActivateStable("v1").warning, "");
  Kill();
  Publish("v3");
  Serve({}, "127.0.0.1:0", state);
  EXPECT_EQ(Stable(), "v1");
  ExpectAnswer();
  admin().FollowSettings();
  Kill();
  Serve({}, "127.0.0.1:0", state);
  EXPECT_EQ(Stable(), "v3");
}

TEST_F(ProcessFaults, ASecondServerOnItsPortRefusesToStart) {
  e2e::Program second(
      {"serve", "--bundle", models().string(), "--address", address(), "--admin-address", "127.0.0.1:0"},
      folder_.path());
  const e2e::Outcome outcome = second.Wait();
  EXPECT_EQ(outcome.status, 1);
  EXPECT_NE(outcome.err.find("cannot listen on '" + address() + "'"), std::string::npos) << outcome.err;
  ExpectAnswer();
}

}  // namespace
}  // namespace shortlist::faults
