// Models that are solved for, from events to served recommendations through the real program.
#include <filesystem>
#include <map>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/settings_kind.h"
#include "data/row_reader.h"
#include "e2e/retailer.h"
#include "e2e/server.h"

namespace shortlist::e2e {
namespace {

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::Contains;
using ::testing::Eq;
using ::testing::Not;

struct Case {
  ModelKind kind;
  BaselineKind baseline;
};

class ClosedFormTest : public Retailer, public ::testing::WithParamInterface<Case> {
 protected:
  void SetUp() override {
    Retailer::SetUp();
    Settings settings = MakeSettings();
    settings.model.kind = GetParam().kind;
    settings.model.ials.dimension = settings.evaluate.ials.dimension = 16;
    settings.model.ease.history_decay = settings.evaluate.ease.history_decay = 0.9;
    settings.model.ials.demand_exponent = settings.evaluate.ials.demand_exponent = 0.25;
    settings.train.include_validation = true;
    settings.evaluate.fit_baselines_on_validation = true;
    settings.evaluate.seen = {SeenRule::kMask, SeenRule::kAllow};
    settings.evaluate.baselines = {GetParam().baseline};
    config_ = WriteConfiguration(settings, "solved.yaml");
    RunAll();
  }

  json ReadJson(const std::filesystem::path& path) const { return json::parse(base::ReadFile(path)); }

  json Query(const std::string& address, std::vector<std::string> arguments) const {
    const std::string file = scratch_ / "answer.json";
    arguments.insert(arguments.begin(), {"query", "--address", address, "--json", file});
    Succeed(arguments);
    return ReadJson(file);
  }

  static std::vector<std::string> IdsOf(const json& answer) {
    std::vector<std::string> ids;
    for (const json& item : answer["items"]) ids.push_back(item["id"].get<std::string>());
    return ids;
  }
};

TEST_P(ClosedFormTest, IsEvaluatedAsTheBaselineOfItsName) {
  const json results = ReadJson(scratch_ / "run/reports/test.json")["results"];
  const std::string baseline(base::NameOf(GetParam().baseline));
  int compared = 0;
  for (const json& model : results) {
    if (model["recommender"] != std::string(base::NameOf(GetParam().kind)) + "_model") continue;
    for (const json& other : results) {
      if (other["recommender"] != baseline || other["seen"] != model["seen"]) continue;
      EXPECT_NEAR(model["at"][0]["ndcg"]["value"], other["at"][0]["ndcg"]["value"], 2e-3) << model["seen"];
      EXPECT_GT(model["at"][0]["ndcg"]["value"], 0);
      ++compared;
    }
  }
  EXPECT_EQ(compared, 2);
}

TEST_P(ClosedFormTest, AnswersWithExclusionsFiltersReasonsAndTheHistoryOfTheRequest) {
  Server server(bundle(), scratch_.path());
  const json answer = Query(server.address(), {"--user", "user-42", "-k", "10"});
  const std::vector<std::string> best = IdsOf(answer);
  ASSERT_EQ(best.size(), 10U);
  EXPECT_EQ(answer["personalized"], true);
  const bool similar = GetParam().kind != ModelKind::kPopularity;
  for (const json& item : answer["items"]) {
    EXPECT_THAT(item["reason"].get<std::string>(),
                AnyOf(Eq("popular"), Eq("new"), Eq(similar ? "similar" : "popular")));
  }

  const std::vector<std::string> others =
      IdsOf(Query(server.address(), {"--user", "user-42", "-k", "9", "--exclude", best[0]}));
  EXPECT_EQ(others, std::vector<std::string>(best.begin() + 1, best.end()));
  const std::vector<std::string> only =
      IdsOf(Query(server.address(), {"--user", "user-42", "-k", "10", "--only", best[7] + "," + best[3]}));
  EXPECT_EQ(only, (std::vector<std::string>{best[3], best[7]}));
  EXPECT_EQ(IdsOf(Query(server.address(), {"--user", "user-42", "-k", "10", "--where", "price >= 0"})), best);
  EXPECT_TRUE(Query(server.address(), {"--user", "user-42", "-k", "10", "--where", "price < 0"})["items"].empty());

  const std::vector<std::string> further =
      IdsOf(Query(server.address(), {"--user", "user-42", "-k", "10", "--history", best[0]}));
  EXPECT_THAT(further, Not(Contains(best[0])));
  EXPECT_EQ(Query(server.address(), {"--similar-item", best[0], "-k", "5"})["entries"].size(), 5U);
  EXPECT_EQ(Query(server.address(), {"--similar-user", "user-42", "-k", "5"})["entries"].size(), 5U);
  EXPECT_EQ(server.Stop().status, 0);
}

TEST_P(ClosedFormTest, IsExportedAsItIsServed) {
  Succeed({"export", config_.string(), "--out", (scratch_ / "lists").string(), "-k", "10"});
  std::map<std::string, std::string> lists;
  for (const auto& file : FilesBelow(scratch_ / "lists")) {
    if (file.extension() != ".parquet") continue;
    const auto rows = data::OpenRows({file.string(), SourceFormat::kParquet, ',', 0}, {"user_id", "item_ids"});
    data::RowBatch batch;
    while (rows->Next(batch)) {
      for (std::size_t row = 0; row < batch.rows(); ++row) lists.emplace(batch.cells[0][row], batch.cells[1][row]);
    }
  }
  Server server(bundle(), scratch_.path());
  std::string served;
  for (const std::string& id : IdsOf(Query(server.address(), {"--user", "user-42", "-k", "10"}))) served += "|" + id;
  EXPECT_EQ("|" + lists.at("user-42"), served);
  EXPECT_EQ(server.Stop().status, 0);
}

INSTANTIATE_TEST_SUITE_P(Kinds, ClosedFormTest,
                         ::testing::Values(Case{ModelKind::kPopularity, BaselineKind::kPopularity},
                                           Case{ModelKind::kItemKnn, BaselineKind::kItemKnn},
                                           Case{ModelKind::kEase, BaselineKind::kEase},
                                           Case{ModelKind::kIals, BaselineKind::kIals}),
                         [](const auto& chosen) { return std::string(base::NameOf(chosen.param.kind)); });

}  // namespace
}  // namespace shortlist::e2e
