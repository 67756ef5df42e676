// Shortlists of all shoppers at once: what the server would answer to each, whatever happens while they are written.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <map>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/sealed_json.h"
#include "data/row_reader.h"
#include "e2e/retailer.h"
#include "e2e/server.h"
#include "query_client.h"

namespace shortlist::e2e {
namespace {

using ::testing::HasSubstr;
using ::testing::StartsWith;

constexpr int kStoppedStatus = 75;
constexpr int kShortlist = 12;
constexpr std::int64_t kTime = 1700000000;

// By shopper, the items as one text.
using Lists = std::map<std::string, std::string>;

Lists ReadPart(const std::filesystem::path& file) {
  Lists lists;
  const auto rows = data::OpenRows({file.string(), SourceFormat::kParquet, ',', 0}, {"user_id", "item_ids", "scores"});
  data::RowBatch batch;
  while (rows->Next(batch)) {
    for (std::size_t row = 0; row < batch.rows(); ++row) {
      lists.emplace(batch.cells[0][row], batch.cells[1][row]);
    }
  }
  return lists;
}

Lists ReadAll(const std::filesystem::path& directory) {
  Lists lists;
  for (const auto& file : FilesBelow(directory)) {
    if (file.extension() == ".parquet") lists.merge(ReadPart(file));
  }
  return lists;
}

// What identifies the contents of a directory.
std::map<std::string, std::string> Digests(const std::filesystem::path& directory) {
  std::map<std::string, std::string> digests;
  for (const auto& file : FilesBelow(directory)) digests[file.filename()] = base::Sha256OfFile(file);
  return digests;
}

// What is there under its final name is as it is in the end.
void ExpectWholeParts(const std::filesystem::path& directory, const std::map<std::string, std::string>& whole) {
  if (!std::filesystem::exists(directory)) return;
  for (const auto& [name, digest] : Digests(directory)) {
    if (!name.ends_with(".parquet")) continue;
    EXPECT_EQ(whole.at(name), digest) << name;
  }
}

class ExportTest : public Retailer {
 protected:
  void SetUp() override {
    Retailer::SetUp();
    Settings settings = MakeSettings();
    settings.model.repeat = {.kind = RepeatKind::kOwnPurchases, .half_lives_days = {3, 30}, .horizon_days = 7};
    settings.train.batch_order = BatchOrder::kTimeCoherent;
    settings.evaluate.seen = {SeenRule::kMask, SeenRule::kAllow};
    settings.threads = 2;
    config_ = WriteConfiguration(settings, "retailer.yaml");
    RunAll();
  }

  std::vector<std::string> Export(const std::string& out, std::vector<std::string> more = {}) const {
    std::vector<std::string> arguments = {"export",
                                          config_.string(),
                                          "--out",
                                          (scratch_ / out).string(),
                                          "-k",
                                          std::to_string(kShortlist),
                                          "--shoppers-per-part",
                                          "20",
                                          "--time",
                                          std::to_string(kTime)};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return arguments;
  }

  void ExpectWhatTheServerAnswers(const Lists& lists, tools::Seen seen) const {
    Server server(bundle(), scratch_.path());
    const tools::QueryClient client(server.address());
    for (const auto& [user, items] : lists) {
      tools::RecommendQuery query;
      query.user_id = user;
      query.k = kShortlist;
      query.time = kTime;
      query.seen = seen;
      std::string answered;
      for (const tools::ScoredAnswer& item : client.Recommend(query).items) answered += item.id + "|";
      EXPECT_EQ(items + "|", answered) << user;
    }
    EXPECT_EQ(server.Stop().status, 0);
  }
};

TEST_F(ExportTest, GivesEveryShopperWhatTheServerAnswers) {
  const std::filesystem::path json = scratch_ / "result.json";
  EXPECT_THAT(Succeed(Export("masked", {"--json", json.string()})).out, HasSubstr("best items of "));
  const auto result = nlohmann::json::parse(base::ReadFile(json));
  const Lists masked = ReadAll(scratch_ / "masked");
  EXPECT_EQ(static_cast<std::size_t>(result.at("shoppers")), masked.size());
  EXPECT_GT(masked.size(), 100U);
  ExpectWhatTheServerAnswers(masked, tools::Seen::kMask);
  Succeed(Export("allowed", {"--allow-seen"}));
  const Lists allowed = ReadAll(scratch_ / "allowed");
  EXPECT_NE(allowed, masked);
  ExpectWhatTheServerAnswers(allowed, tools::Seen::kAllow);
}

TEST_F(ExportTest, GoesOnAfterStopsAndKills) {
  Succeed(Export("whole"));
  const std::map<std::string, std::string> whole = Digests(scratch_ / "whole");
  int interrupted = 0;
  for (int round = 0; round < 40; ++round) {
    Program program(Export("pieces"), scratch_.path());
    const int signal = round % 2 == 0 ? SIGKILL : SIGTERM;
    std::this_thread::sleep_for(std::chrono::milliseconds(10 * (round + 1)));
    program.Signal(signal);
    const Outcome outcome = program.Wait();
    if (std::filesystem::exists(scratch_ / "pieces" / "_SUCCESS")) break;
    ++interrupted;
    EXPECT_TRUE(outcome.status == 128 + signal || outcome.status == kStoppedStatus) << outcome.err;
    ExpectWholeParts(scratch_ / "pieces", whole);
  }
  EXPECT_GT(interrupted, 0);
  Succeed(Export("pieces"));
  const std::map<std::string, std::string> pieces = Digests(scratch_ / "pieces");
  EXPECT_EQ(whole, pieces);
  const auto success = nlohmann::json::parse(base::ReadSealedJson(scratch_ / "pieces" / "_SUCCESS"));
  for (const auto& file : success.at("files")) EXPECT_EQ(pieces.at(file.at("name")), file.at("sha256"));
  EXPECT_EQ(success.at("files").size(), pieces.size() - 2);
}

TEST_F(ExportTest, DoesNotMixExports) {
  Succeed(Export("there"));
  const Outcome other = Shortlist(Export("there", {"--allow-seen"}));
  EXPECT_EQ(other.status, 1);
  EXPECT_THAT(other.err, StartsWith("error: FAILED_PRECONDITION: "));
  EXPECT_THAT(other.err, HasSubstr("holds another export: its seen is \"mask\", not \"allow\""));
  const Outcome strange = Shortlist(Export("run"));
  EXPECT_EQ(strange.status, 1);
  EXPECT_THAT(strange.err, HasSubstr("holds something else"));
}

}  // namespace
}  // namespace shortlist::e2e
