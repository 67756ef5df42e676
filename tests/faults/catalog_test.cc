// Changes of the catalog on real servers: how soon they are seen, and that they outlive kills and compactions.
#include <algorithm>
#include <chrono>
#include <csignal>
#include <fstream>
#include <map>
#include <memory>
#include <random>
#include <stop_token>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog_client.h"
#include "e2e/program.h"
#include "index/bundle.h"
#include "index/bundle_manifest.h"
#include "query_client.h"
#include "serve/made_bundle.h"

namespace shortlist::faults {
namespace {

using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::Not;

class CatalogTest : public ::testing::Test {
 protected:
  void SetUp() override {
    serve::WriteMadeBundle(serve::MadeRetailer::WithBrands(), folder_.path());
    std::ofstream(folder_.path() / "serve.yaml")
        << "serve: {catalog: {log: " << (folder_.path() / "changes.log").string()
        << "}, versions: {poll_seconds: 0.05}}\n";
    Start();
  }

  void Start() {
    server_ = std::make_unique<e2e::Program>(
        std::vector<std::string>{"serve", (folder_.path() / "serve.yaml").string(), "--bundle",
                                 (folder_.path() / "bundle").string(), "--address", "127.0.0.1:0", "--admin-address",
                                 "127.0.0.1:0"},
        folder_.path());
    address_ = AddressIn("serving ");
    admin_address_ = AddressIn("admin on ");
  }

  std::string AddressIn(const std::string& prefix) {
    const auto line = server_->WaitForLine(prefix);
    EXPECT_TRUE(line.has_value()) << server_->Wait().err;
    return line ? line->substr(line->find(" on ") == std::string::npos ? prefix.size() : line->find(" on ") + 4) : "";
  }

  std::vector<std::string> Answer() const {
    tools::RecommendQuery query;
    query.user_id = "user-4";
    query.k = 100;
    std::vector<std::string> ids;
    for (const auto& item : tools::QueryClient(address_).Recommend(query).items) ids.push_back(item.id);
    return ids;
  }

  e2e::Outcome Catalog(std::vector<std::string> arguments) const {
    arguments.insert(arguments.begin(), "catalog");
    arguments.insert(arguments.end(), {"--admin-address", admin_address_});
    return e2e::RunProgram(arguments, folder_.path());
  }

  std::vector<std::string> Compact() const {
    return {"compact",        (folder_.path() / "serve.yaml").string(), "--bundle", bundle().string(), "--out",
            bundle().string()};
  }
  std::filesystem::path bundle() const { return folder_.path() / "bundle"; }

  // Until the server answers from what stands in the folder.
  void AwaitNewest() const {
    const std::string newest = index::ReadManifest(bundle() / "manifest.json").manifest.version;
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::minutes(1);
    while (tools::QueryClient(address_).Recommend({}).bundle_version != newest) {
      ASSERT_LT(std::chrono::steady_clock::now(), deadline) << newest << " is not served";
      std::this_thread::sleep_for(std::chrono::milliseconds(20));
    }
  }

  serve::ScratchFolder folder_;
  std::unique_ptr<e2e::Program> server_;
  std::string address_;
  std::string admin_address_;
};

TEST_F(CatalogTest, ChangesAreSeenAtOnceAndOutliveAKill) {
  std::ofstream(folder_.path() / "items.jsonl")
      << R"({"id": "newcomer", "title": "Mug", "price": 8.5, "brand": "brand 3", "tags": ["a", "b"]})"
      << "\n";
  const e2e::Outcome upsert = Catalog({"upsert", (folder_.path() / "items.jsonl").string()});
  EXPECT_EQ(upsert.out, "1 changes hold: 1 items added, 0 changed, 0 withdrawn\n") << upsert.err;
  EXPECT_THAT(Answer(), Contains("newcomer"));
  EXPECT_EQ(Catalog({"withdraw", "item-20", "item-21"}).status, 0);
  EXPECT_THAT(Answer(), Not(Contains("item-20")));
  server_->Signal(SIGKILL);
  server_->Wait();
  Start();
  EXPECT_THAT(Answer(), ::testing::AllOf(Contains("newcomer"), Not(Contains("item-20")), Not(Contains("item-21"))));
  EXPECT_THAT(Catalog({"show"}).out, HasSubstr("3 changes hold"));
}

TEST_F(CatalogTest, WrongItemsAreToldOf) {
  std::ofstream(folder_.path() / "items.jsonl") << "{\"title\": \"Mug\"}\n";
  const e2e::Outcome outcome = Catalog({"upsert", (folder_.path() / "items.jsonl").string()});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("items.jsonl:1: expected a JSON object with an \"id\""));
}

// Killed while changes are written, again and again: what was acknowledged is there, and the server starts.
TEST_F(CatalogTest, NothingAcknowledgedIsLostInKills) {
  int acknowledged = 0;
  for (int round = 0; round < 3; ++round) {
    std::jthread killer([this, round] {
      std::this_thread::sleep_for(std::chrono::milliseconds(40 + 30 * round));
      server_->Signal(SIGKILL);
    });
    try {
      const tools::CatalogClient client(admin_address_, std::chrono::seconds(5));
      for (;;) {
        const std::string id = "new-" + std::to_string(acknowledged);
        client.Upsert({{id, "New", {{"brand", "brand 1"}}}});
        ++acknowledged;
      }
    } catch (const std::exception&) {
      killer.join();
    }
    server_->Wait();
    Start();
    const auto changes = tools::CatalogClient(admin_address_, std::chrono::seconds(5)).Changes().changes;
    EXPECT_GE(changes, acknowledged);
    EXPECT_LE(changes, acknowledged + 1);
  }
  EXPECT_GT(acknowledged, 0);
}

// Changes one item after the other until it is stopped, and knows what was acknowledged of each.
class Writer {
 public:
  Writer(const std::string& admin_address, std::map<std::string, bool>& there)
      : client_(admin_address, std::chrono::seconds(30)), there_(there) {}

  void Work(const std::stop_token& stop) {
    while (!stop.stop_requested()) {
      const int number = static_cast<int>(random_() % 20);
      const std::string id = (number < 10 ? "new-" : "item-") + std::to_string(20 + number);
      const bool upsert = random_() % 2 == 0;
      if (upsert) {
        client_.Upsert({{id, "New", {{"brand", "brand " + std::to_string(random_() % 5)}}}});
      } else {
        client_.Withdraw({id});
      }
      there_[id] = upsert;
      std::this_thread::sleep_for(std::chrono::milliseconds(5));
    }
  }

 private:
  tools::CatalogClient client_;
  std::map<std::string, bool>& there_;
  std::minstd_rand random_{7};
};

// While changes go on, the bundle is compacted in its place, sometimes killed at it, and the server follows, sometimes
// killed, too.
TEST_F(CatalogTest, CompactionsLoseNoChangeWhateverIsKilled) {
  std::map<std::string, bool> there;
  for (int round = 0; round < 4; ++round) {
    Writer writer(admin_address_, there);
    std::jthread work([&writer](const std::stop_token& stop) { writer.Work(stop); });
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    if (round % 2 == 1) {
      e2e::Program killed(Compact(), folder_.path());
      std::this_thread::sleep_for(std::chrono::milliseconds(30 * round));
      killed.Signal(SIGKILL);
      killed.Wait();
      EXPECT_NO_THROW(index::Bundle::Open(bundle()));
    }
    const e2e::Outcome compacted = e2e::RunProgram(Compact(), folder_.path());
    EXPECT_EQ(compacted.status, 0) << compacted.err;
    AwaitNewest();
    work.request_stop();
    work.join();
    if (round >= 2) {
      server_->Signal(SIGKILL);
      server_->Wait();
      Start();
    }
    const std::vector<std::string> answer = Answer();
    for (const auto& [id, is_there] : there) EXPECT_EQ(std::ranges::count(answer, id), is_there ? 1 : 0) << id;
  }
  // Nothing comes after the last compaction.
  EXPECT_EQ(e2e::RunProgram(Compact(), folder_.path()).status, 0);
  AwaitNewest();
  EXPECT_THAT(Catalog({"show"}).out, HasSubstr("0 changes hold"));
  EXPECT_THAT(e2e::RunProgram(Compact(), folder_.path()).out, HasSubstr("nothing to merge"));
}

}  // namespace
}  // namespace shortlist::faults
