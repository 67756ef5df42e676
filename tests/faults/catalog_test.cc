// Changes of the catalog on real servers: how soon they are seen, and that they outlive a kill.
#include <chrono>
#include <csignal>
#include <fstream>
#include <memory>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "catalog_client.h"
#include "e2e/program.h"
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
        << "serve: {catalog: {log: " << (folder_.path() / "changes.log").string() << "}}\n";
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

}  // namespace
}  // namespace shortlist::faults
