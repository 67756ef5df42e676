#include "eval/report.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

namespace shortlist::eval {
namespace {

using ::testing::HasSubstr;
using ::testing::Not;

EvaluationRow Row(const std::string& name, SeenRule seen) {
  EvaluationRow row;
  row.recommender = name;
  row.seen = seen;
  row.shoppers = 1234;
  row.targets = 5678;
  row.at[10] = {.recall = {0.0630, 0.0600, 0.0660}, .ndcg = {0.0361, 0.0340, 0.0380}, .hit_rate = {}, .mrr = {}};
  row.by_history_length = {{"history 5-9", 1000, 0.05, 0.03}};
  row.by_item_popularity = {{"item popularity 80-100%", 900, 0.07, 0.04}};
  return row;
}

class ReportTest : public ::testing::Test {
 protected:
  std::vector<EvaluationRow> rows_ = {Row("popularity", SeenRule::kMask), Row("item_knn", SeenRule::kMask),
                                      Row("popularity", SeenRule::kAllow)};
  ReportContext context_ = {.part = data::Part::kTest,
                            .seed = 17,
                            .split_rule = "Last event of each shopper.",
                            .event_tie_rule = "Input order.",
                            .dataset_digest = "0123456789abcdef0123"};
};

TEST_F(ReportTest, TheTableStatesTheProtocol) {
  const std::string table = FormatTable(rows_, context_);
  EXPECT_THAT(table, HasSubstr("test part, full catalog, seed 17, dataset 0123456789ab\n"));
  EXPECT_THAT(table, HasSubstr("split: Last event of each shopper.\n"));
  EXPECT_THAT(table, HasSubstr("equal times: Input order.\n"));
  EXPECT_THAT(table, HasSubstr("equal scores: the smaller item index first\n"));
}

TEST_F(ReportTest, TheTableHasScoresWithIntervalsAndBuckets) {
  const std::string table = FormatTable(rows_, context_);
  EXPECT_THAT(table, HasSubstr("seen items: mask · 1234 shoppers, 5678 targets"));
  EXPECT_THAT(table, HasSubstr("seen items: allow"));
  EXPECT_THAT(table, HasSubstr("recall@10"));
  EXPECT_THAT(table, HasSubstr("0.0630 ±0.0030"));
  EXPECT_THAT(table, HasSubstr("history 5-9                  1000  0.0500 / 0.0300  0.0500 / 0.0300\n"));
}

TEST_F(ReportTest, NewItemsAndShoppersHaveATableOfTheirOwn) {
  EXPECT_THAT(FormatTable(rows_, context_), Not(HasSubstr("without an event")));
  context_.cold_start = {{"first 3 events", 12101, {rows_[0], rows_[1]}}};
  const std::string table = FormatTable(rows_, context_);
  EXPECT_THAT(table, HasSubstr("without an event before the part"));
  EXPECT_THAT(table, HasSubstr("first 3 events       12101      1234  0.0630 / 0.0361  0.0630 / 0.0361\n"));
  const auto json = nlohmann::json::parse(ToJson(rows_, context_));
  EXPECT_EQ(json["cold_start"][0]["group"], "first 3 events");
  EXPECT_EQ(json["cold_start"][0]["results"][1]["recommender"], "item_knn");
}

TEST_F(ReportTest, SeenRulesThatWereNotScoredAreNotMentioned) {
  rows_.pop_back();
  EXPECT_THAT(FormatTable(rows_, context_), Not(HasSubstr("allow")));
}

TEST_F(ReportTest, JsonHasEverything) {
  const auto json = nlohmann::json::parse(ToJson(rows_, context_));
  EXPECT_EQ(json["part"], "test");
  EXPECT_EQ(json["seed"], 17);
  EXPECT_EQ(json["dataset_sha256"], context_.dataset_digest);
  EXPECT_EQ(json["split_rule"], context_.split_rule);
  EXPECT_EQ(json["event_tie_rule"], context_.event_tie_rule);
  ASSERT_EQ(json["results"].size(), 3U);
  const auto& result = json["results"][1];
  EXPECT_EQ(result["recommender"], "item_knn");
  EXPECT_EQ(result["seen"], "mask");
  EXPECT_EQ(result["at"][0]["k"], 10);
  EXPECT_EQ(result["at"][0]["recall"]["low"], 0.06);
  EXPECT_EQ(result["by_history_length"][0]["shoppers"], 1000);
  EXPECT_EQ(result["by_item_popularity"][0]["ndcg"], 0.04);
}

TEST_F(ReportTest, ASkippedBaselineIsNamedWithItsReason) {
  context_.skipped = {{"ease", "its matrix is too large"}};
  EXPECT_THAT(FormatTable(rows_, context_), HasSubstr("\nskipped ease: its matrix is too large\n"));
  const auto json = nlohmann::json::parse(ToJson(rows_, context_));
  EXPECT_EQ(json["skipped"][0]["recommender"], "ease");
  EXPECT_EQ(json["skipped"][0]["reason"], "its matrix is too large");
}

TEST_F(ReportTest, NoResultsAreStillAReport) {
  EXPECT_THAT(FormatTable({}, context_), HasSubstr("seed 17"));
  EXPECT_TRUE(nlohmann::json::parse(ToJson({}, context_))["results"].empty());
}

}  // namespace
}  // namespace shortlist::eval
