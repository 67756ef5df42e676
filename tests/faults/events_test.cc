// Events told to real servers from the command line: that they are known at once and outlive kills.
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "e2e/program.h"
#include "query_client.h"
#include "serve/made_bundle.h"

namespace shortlist::faults {
namespace {

using ::testing::AllOf;
using ::testing::HasSubstr;
using ::testing::Not;

class EventsTest : public ::testing::Test {
 protected:
  void SetUp() override {
    serve::WriteMadeBundle(serve::MadeRetailer(), folder_.path());
    std::ofstream(In("serve.yaml")) << "serve: {events: {directory: " << In("events") << "}}\n";
    Start();
  }

  std::string In(const std::string& name) const { return (folder_.path() / name).string(); }

  void Start() {
    server_ = std::make_unique<e2e::Program>(
        std::vector<std::string>{"serve", In("serve.yaml"), "--bundle", In("bundle"), "--address", "127.0.0.1:0",
                                 "--admin-address", "127.0.0.1:0"},
        folder_.path());
    const auto line = server_->WaitForLine("serving ");
    ASSERT_TRUE(line.has_value()) << server_->Wait().err;
    address_ = line->substr(line->find(" on ") + 4);
  }

  e2e::Outcome Record(const std::string& lines) const {
    std::ofstream(In("events.jsonl")) << lines;
    return e2e::RunProgram({"record", In("events.jsonl"), "--address", address_}, folder_.path());
  }

  std::int64_t HistoryOf(const std::string& user) const {
    tools::RecommendQuery query;
    query.user_id = user;
    query.k = 5;
    return tools::QueryClient(address_).Recommend(query).history_events;
  }

  serve::ScratchFolder folder_;
  std::unique_ptr<e2e::Program> server_;
  std::string address_;
};

constexpr const char* kTwoEvents = R"({"event_id": "1", "user": "ann", "item": "item-5", "event_type": "view"}
{"event_id": "2", "user": "ann", "item": "item-7", "event_type": "purchase", "quantity": 2, "price": 8.5}
)";

TEST_F(EventsTest, AreKnownAtOnceAndOutliveAKill) {
  EXPECT_EQ(HistoryOf("ann"), 0);
  const e2e::Outcome recorded = Record(kTwoEvents);
  EXPECT_EQ(recorded.out, "2 recorded\n") << recorded.err;
  EXPECT_EQ(HistoryOf("ann"), 2);
  server_->Signal(SIGKILL);
  server_->Wait();
  Start();
  EXPECT_EQ(HistoryOf("ann"), 2);
  EXPECT_EQ(Record(kTwoEvents).out, "2 duplicate\n");
}

TEST_F(EventsTest, AShopperReadsAllThatIsHeldAndIsForgotten) {
  Record(kTwoEvents);
  const auto shopper = [&](const std::string& right, const std::string& out) {
    return e2e::RunProgram({"shopper", right, "ann", "--address", address_, "--out", In(out)}, folder_.path());
  };
  EXPECT_EQ(shopper("export", "held.json").status, 0);
  EXPECT_THAT(base::ReadFile(In("held.json")), AllOf(HasSubstr("item-5"), HasSubstr("item-7"), HasSubstr("8.5")));
  const e2e::Outcome erased = shopper("erase", "receipt.json");
  EXPECT_EQ(erased.status, 0) << erased.err;
  EXPECT_EQ(shopper("export", "left.json").status, 0);
  EXPECT_THAT(base::ReadFile(In("left.json")), Not(HasSubstr("item-5")));
  EXPECT_TRUE(std::filesystem::is_empty(In("events/lake/events")));
  EXPECT_EQ(HistoryOf("ann"), 0);

  const auto verify = [&](const std::string& user) {
    return e2e::RunProgram({"verify-receipt", In("receipt.json"), "--public-key", In("events/receipts.pem"), "--user",
                            user, "--json", In("verified.json")},
                           folder_.path());
  };
  EXPECT_THAT(verify("ann").out, HasSubstr("genuine and of this shopper"));
  EXPECT_THAT(base::ReadFile(In("verified.json")), AllOf(HasSubstr("\"genuine\": true"), HasSubstr("\"events\": 2")));
  EXPECT_THAT(verify("bob").err, HasSubstr("the receipt is of another shopper"));
  EXPECT_NE(verify("bob").status, 0);
  std::string receipt = base::ReadFile(In("receipt.json"));
  receipt.replace(receipt.find("\"events\": 2"), 11, "\"events\": 0");
  base::WriteFileAtomically(In("receipt.json"), receipt);
  EXPECT_THAT(verify("ann").err, HasSubstr("not signed so"));
}

TEST_F(EventsTest, WrongLinesAreToldOf) {
  const e2e::Outcome outcome = Record("{\"event_id\": \"1\", \"event_type\": \"view\"}\n");
  EXPECT_EQ(outcome.out, "1 invalid\n");
  EXPECT_THAT(outcome.err, HasSubstr("events[0].user_id is empty"));
  EXPECT_NE(outcome.status, 0);
  EXPECT_THAT(Record("\n{\"user\": 1}\n").err, HasSubstr("events.jsonl:2: an event needs"));
}

}  // namespace
}  // namespace shortlist::faults
