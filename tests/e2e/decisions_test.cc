// What was shown, from a real server's answers over a kill to labels and an erasure.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "e2e/program.h"
#include "e2e/retailer.h"
#include "query_client.h"

namespace shortlist::e2e {
namespace {

using ::testing::HasSubstr;
using Json = nlohmann::json;

constexpr int kShown = 5;

class Decisions : public Retailer {
 protected:
  void SetUp() override {
    Retailer::SetUp();
    Settings settings = MakeSettings();
    settings.serve.address = "127.0.0.1:0";
    settings.serve.admin.address = "127.0.0.1:0";
    settings.serve.events.directory = (scratch_ / "events").string();
    settings.serve.events.rotate_seconds = 1;
    settings.serve.decisions.fraction = 1;
    settings.serve.decisions.rotate_seconds = 3;
    config_ = WriteConfiguration(settings, "serving.yaml");
    RunAll();
  }

  void Start() {
    server_ = std::make_unique<Program>(std::vector<std::string>{"serve", config_.string()}, scratch_.path());
    const auto line = server_->WaitForLine("serving ");
    ASSERT_TRUE(line) << server_->Wait().err;
    address_ = line->substr(line->find(" on ") + 4);
  }
  void Kill() {
    server_->Signal(SIGKILL);
    server_->Wait();
  }

  tools::Shortlist Recommend(const std::string& user) const {
    tools::RecommendQuery query;
    query.user_id = user;
    query.k = kShown;
    return tools::QueryClient(address_, std::chrono::seconds(60)).Recommend(query);
  }
  Json Export(const std::string& user) const {
    return Json::parse(Succeed({"shopper", "export", user, "--address", address_}).out);
  }
  // When there are so many; what is written takes a moment.
  Json DecisionsOf(const std::string& user, std::size_t count) const {
    Json decisions;
    for (int attempt = 0; attempt < 100; ++attempt) {
      decisions = Export(user)["decisions"];
      if (decisions.size() == count) break;
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
    return decisions;
  }
  void Record(const std::vector<Json>& events) const {
    std::ofstream lines(scratch_ / "events.jsonl");
    for (const Json& event : events) lines << event.dump() << "\n";
    lines.close();
    Succeed({"record", (scratch_ / "events.jsonl").string(), "--address", address_});
  }
  void WaitForLake(const std::string& folder) const {
    const std::filesystem::path files = scratch_ / "events/lake" / folder;
    for (int attempt = 0; attempt < 300 && std::filesystem::is_empty(files); ++attempt) {
      std::this_thread::sleep_for(std::chrono::milliseconds(100));
    }
  }
  Json Join() const {
    const std::filesystem::path json = scratch_ / "join.json";
    const Outcome outcome = Succeed({"join", config_.string(), "--window", "1h", "--json", json.string()});
    EXPECT_THAT(outcome.out, HasSubstr("by policy and version"));
    return Json::parse(base::ReadFile(json));
  }

  std::unique_ptr<Program> server_;
  std::string address_;
};

TEST_F(Decisions, BecomeLabelsAndGoWithTheirShopper) {
  Start();
  const tools::Shortlist first = Recommend("ann");
  const tools::Shortlist second = Recommend("bob");
  const Json shown = DecisionsOf("ann", 1);
  ASSERT_EQ(shown.size(), 1);
  EXPECT_EQ(shown[0]["bundle_version"], first.bundle_version);
  ASSERT_EQ(shown[0]["items"].size(), kShown);
  for (std::size_t place = 0; place < kShown; ++place) {
    EXPECT_EQ(shown[0]["items"][place]["item"], first.items[place].id);
    EXPECT_EQ(shown[0]["items"][place]["reason"], first.items[place].reason);
  }
  ASSERT_EQ(DecisionsOf("bob", 1).size(), 1);
  Kill();
  Start();
  EXPECT_EQ(Export("ann")["decisions"], shown);
  Record({{{"event_id", "e-1"},
           {"user", "ann"},
           {"item", first.items[1].id},
           {"event_type", "click"},
           {"request_id", shown[0]["request_id"]}},
          {{"event_id", "e-2"}, {"user", "bob"}, {"item", second.items[0].id}, {"event_type", "purchase"}},
          {{"event_id", "e-3"}, {"user", "bob"}, {"item", "not-shown"}, {"event_type", "click"}}});
  WaitForLake("decisions");
  WaitForLake("events");
  const Json joined = Join();
  EXPECT_EQ(joined["decisions"], 2);
  EXPECT_EQ(joined["attributed"], 2);
  EXPECT_EQ(joined["total"]["shown"], 2 * kShown);
  EXPECT_EQ(joined["by_position"][0]["bought"], 1);
  EXPECT_EQ(joined["by_position"][1]["clicked"], 1);
  EXPECT_EQ(joined["by_version"][0]["name"], "stable " + first.bundle_version);
  EXPECT_TRUE(std::filesystem::exists(scratch_ / "run/joined/part-00000.parquet"));

  EXPECT_THAT(Succeed({"shopper", "erase", "ann", "--address", address_}).out, HasSubstr("\"decisions\": 1"));
  EXPECT_EQ(Export("ann")["decisions"].size(), 0);  // which has the files rewritten
  EXPECT_EQ(Join()["decisions"], 1);
}

TEST_F(Decisions, OfAVisitorAreJoinedWithWhatTheShopperDoes) {
  Start();
  const tools::Shortlist shown = Recommend("visitor");
  WaitForLake("decisions");
  Succeed({"shopper", "identify", "visitor", "ann", "--address", address_});
  Record({{{"event_id", "e-1"}, {"user", "ann"}, {"item", shown.items[2].id}, {"event_type", "click"}}});
  EXPECT_EQ(Export("ann")["decisions"].size(), 1);  // which has the files rewritten
  const Json joined = Join();
  EXPECT_EQ(joined["decisions"], 1);
  EXPECT_EQ(joined["by_position"][2]["clicked"], 1);
}

}  // namespace
}  // namespace shortlist::e2e
