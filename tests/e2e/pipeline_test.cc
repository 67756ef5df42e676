// From events to served recommendations through the real program.
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "e2e/retailer.h"
#include "e2e/server.h"

namespace shortlist::e2e {
namespace {

using nlohmann::json;
using ::testing::HasSubstr;

class PipelineTest : public Retailer {
 protected:
  json ReadJson(const std::filesystem::path& path) const { return json::parse(base::ReadFile(path)); }

  json Query(const std::string& address, std::vector<std::string> arguments) const {
    const std::string file = scratch_ / "answer.json";
    arguments.insert(arguments.begin(), {"query", "--address", address, "--json", file});
    Succeed(arguments);
    return ReadJson(file);
  }
};

TEST_F(PipelineTest, RunReportsEveryStageAndServesTheResult) {
  const Outcome outcome = Succeed({"run", config_.string(), "--json", (scratch_ / "run.json").string()});
  for (const std::string stage : {"== prepare", "== train", "== evaluate", "== index", "bundle: "}) {
    EXPECT_THAT(outcome.out, HasSubstr(stage));
  }
  const json report = ReadJson(scratch_ / "run.json");
  std::int64_t filtered = 0;
  for (const auto& [rule, count] : report["prepare"]["filtered"].items()) filtered += count.get<std::int64_t>();
  EXPECT_EQ(report["prepare"]["read"], report["prepare"]["kept"].get<std::int64_t>() + filtered +
                                           report["prepare"]["quarantined"].get<std::int64_t>());
  EXPECT_EQ(report["train"]["epochs"].size(), 2);
  EXPECT_EQ(report["index"]["item_recall"], 1.0);
  for (const std::string name : {"dataset", "checkpoints/best", "reports/test.json", "bundle", "quarantine.jsonl"}) {
    EXPECT_TRUE(std::filesystem::exists(scratch_ / "run" / name)) << name;
  }

  Server server(bundle(), scratch_.path());
  const json shortlist = Query(server.address(), {"--user", "user-42", "-k", "10"});
  EXPECT_EQ(shortlist["items"].size(), 10);
  EXPECT_EQ(shortlist["personalized"], true);
  EXPECT_EQ(shortlist["bundle_version"], report["index"]["version"]);
  EXPECT_FALSE(shortlist["history"].empty());
  EXPECT_FALSE(shortlist["items"][0]["title"].get<std::string>().empty());
  EXPECT_EQ(Query(server.address(), {"--history", "item-3,item-7", "-k", "5"})["history_events"], 2);
  EXPECT_EQ(Query(server.address(), {"--similar-item", "item-3", "-k", "5"})["entries"].size(), 5);
  EXPECT_EQ(Query(server.address(), {"--similar-user", "user-42", "-k", "5"})["entries"].size(), 5);
  const json stranger = Query(server.address(), {"--user", "nobody", "-k", "3"});
  EXPECT_EQ(stranger["personalized"], false);
  EXPECT_EQ(stranger["items"].size(), 3);

  EXPECT_EQ(Shortlist({"query", "--address", server.address(), "--user", "user-42", "-k", "0"}).status, 2);
  EXPECT_EQ(Shortlist({"query", "--address", server.address(), "--similar-item", "nothing"}).status, 1);
  EXPECT_EQ(Query(server.address(), {"--user", "user-42", "-k", "10"}), shortlist);
  EXPECT_EQ(server.Stop().status, 0);
}

TEST_F(PipelineTest, OneThreadReproducesARunBitForBit) {
  RunAll();
  const std::string other = WriteConfiguration(MakeSettings("other"), "other.yaml");
  Succeed({"run", other});
  for (const std::string name : {"checkpoints/best/model/weights.safetensors", "dataset/dataset.json"}) {
    EXPECT_EQ(base::Sha256OfFile(scratch_ / "run" / name), base::Sha256OfFile(scratch_ / "other" / name)) << name;
  }
  Succeed({"train", other, "--seed", "2"});
  EXPECT_NE(base::Sha256OfFile(scratch_ / "run/checkpoints/best/model/weights.safetensors"),
            base::Sha256OfFile(scratch_ / "other/checkpoints/best/model/weights.safetensors"));
}

TEST_F(PipelineTest, EvaluateComparesTheModelWithTheBaselines) {
  Succeed({"prepare", config_.string()});
  const Outcome baselines = Succeed({"evaluate", config_.string(), "--baselines-only", "--part", "validation"});
  EXPECT_THAT(baselines.out, HasSubstr("popularity"));
  Succeed({"train", config_.string()});
  const Outcome all = Succeed({"evaluate", config_.string(), "--json", (scratch_ / "evaluation.json").string()});
  Succeed({"evaluate", config_.string(), "--at-least", "ndcg@10=0"});
  const Outcome short_of = Shortlist({"evaluate", config_.string(), "--at-least", "ndcg@10=1"});
  EXPECT_EQ(short_of.status, 1);
  EXPECT_THAT(short_of.err, HasSubstr("at least 1 is required"));
  EXPECT_THAT(all.out, HasSubstr("two_tower"));
  EXPECT_TRUE(ReadJson(scratch_ / "evaluation.json").is_object());
  const std::string page = base::ReadFile(scratch_ / "run/reports/test.html");
  for (const char* part : {"two_tower", "ease", "ials", "\"best_epoch\""}) EXPECT_THAT(page, HasSubstr(part));
}

// Without titles, consent, features or times: the least that a retailer has.
TEST_F(PipelineTest, OrderedEventsAloneAreEnough) {
  Settings settings = MakeSettings();
  settings.data.catalog = {};
  settings.data.consent = {};
  settings.features = {};
  settings.data.events.columns.time.clear();
  settings.data.events.columns.context.clear();
  Succeed({"run", WriteConfiguration(settings, "plain.yaml").string()});
  Server server(bundle(), scratch_.path());
  EXPECT_EQ(Query(server.address(), {"--user", "user-42"})["items"].size(), 10);
  EXPECT_EQ(server.Stop().status, 0);
}

TEST_F(PipelineTest, EveryKindOfIndexServes) {
  Succeed({"prepare", config_.string()});
  Succeed({"train", config_.string()});
  for (const IndexKind kind : {IndexKind::kHnsw, IndexKind::kIvfFlat, IndexKind::kIvfPqFastScan}) {
    Settings settings = MakeSettings();
    settings.index.items.kind = kind;
    settings.index.users.kind = kind;
    Succeed({"index", WriteConfiguration(settings, "kind.yaml").string()});
    Server server(bundle(), scratch_.path());
    EXPECT_EQ(Query(server.address(), {"--user", "user-42"})["items"].size(), 10);
    EXPECT_EQ(server.Stop().status, 0);
  }
}

}  // namespace
}  // namespace shortlist::e2e
