#include "data/decision_join.h"

#include <algorithm>
#include <map>
#include <random>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "data/decision_file.h"
#include "data/event_file.h"
#include "data/fixtures.h"
#include "data/row_reader.h"
#include "shortlist/error.h"

namespace shortlist::data {
namespace {

using ::testing::ElementsAre;
using ::testing::HasSubstr;
using ::testing::IsEmpty;

constexpr std::int64_t kNow = 1700000000;
constexpr std::int64_t kWindow = 1000;

struct MadeAnswer {
  std::string request;
  std::string user;
  std::int64_t time = 0;
  std::vector<std::string> items;
  std::string version = "v1";
};

struct MadeEvent {
  std::string user;
  std::string item;
  std::int64_t time = 0;
  std::string kind = "click";
  std::string request = {};
};

class DecisionJoinTest : public ::testing::Test {
 protected:
  DecisionJoinTest() {
    for (const char* name : {"decisions", "events", "consents"}) std::filesystem::create_directories(Lake() / name);
    plan_.lakes = {Lake()};
    plan_.out = folder_.path() / "joined";
    plan_.window_seconds = kWindow;
  }

  std::filesystem::path Lake() const { return folder_.path() / "lake"; }

  void Show(const std::vector<MadeAnswer>& answers) {
    std::vector<DecisionRow> rows;
    for (const MadeAnswer& answer : answers) {
      DecisionRow row{.request_id = answer.request,
                      .user = answer.user,
                      .time = answer.time,
                      .bundle_version = answer.version,
                      .policy = "stable",
                      .reason = "history",
                      .k = 2};
      for (const std::string& item : answer.items) {
        row.items.emplace_back(item);
        row.scores.push_back(1);
        row.item_reasons.emplace_back("similar");
        row.probabilities.emplace_back();
      }
      rows.push_back(row);
    }
    WriteDecisionFile(Lake() / "decisions" / (std::to_string(++files_) + ".parquet"), rows);
  }

  void Record(const std::vector<MadeEvent>& events) {
    std::vector<EventRow> rows;
    for (const MadeEvent& event : events) {
      rows.push_back({.event_id = "e",
                      .user = event.user,
                      .item = event.item,
                      .time = event.time,
                      .event_type = event.kind,
                      .request_id = event.request});
    }
    WriteEventFile(Lake() / "events" / (std::to_string(++files_) + ".parquet"), rows);
  }

  // By "request position", the columns clicked, carted, bought, reward and delay_seconds of the items with an outcome.
  std::map<std::string, std::string> Outcomes() {
    report_ = JoinDecisions(plan_);
    std::map<std::string, std::string> outcomes;
    rows_ = 0;
    for (const auto& file : std::filesystem::directory_iterator(plan_.out)) {
      const auto reader =
          OpenRows({file.path().string(), SourceFormat::kParquet, ',', 0},
                   {"request_id", "position", "clicked", "carted", "bought", "reward", "delay_seconds"});
      RowBatch batch;
      while (reader->Next(batch)) {
        for (std::size_t row = 0; row < batch.rows(); ++row) {
          ++rows_;
          if (batch.cells[6][row].empty()) continue;
          std::string text;
          for (std::size_t cell = 2; cell < 7; ++cell) text += std::string(batch.cells[cell][row]) + " ";
          outcomes[std::string(batch.cells[0][row]) + " " + std::string(batch.cells[1][row])] = text;
        }
      }
    }
    return outcomes;
  }

  std::vector<std::string> WithOutcome() {
    std::vector<std::string> names;
    for (const auto& [name, outcome] : Outcomes()) names.push_back(name);
    return names;
  }

  TemporaryFolder folder_;
  JoinPlan plan_;
  JoinReport report_;
  int files_ = 0;
  int rows_ = 0;
};

TEST_F(DecisionJoinTest, AnEventGoesToTheAnswerThatItNames) {
  Show({{"r-1", "ann", kNow, {"mug", "cup"}}, {"r-2", "ann", kNow + 10, {"mug", "cup"}}});
  Record({{"ann", "cup", kNow + 20, "click", "r-1"},
          {"ann", "pot", kNow + 20, "click", "r-1"},
          {"ann", "cup", kNow + 20, "click", "r-9"},
          {"elsewhere", "mug", kNow + 7, "purchase", "r-2"}});
  const auto outcomes = Outcomes();
  EXPECT_EQ(outcomes.size(), 2);
  EXPECT_EQ(outcomes.at("r-1 2"), "true false false 1 20 ");
  EXPECT_EQ(outcomes.at("r-2 1"), "false false true 4 0 ");  // by a clock that is behind
  EXPECT_EQ(rows_, 4);
  EXPECT_EQ(report_.events, 4);
  EXPECT_EQ(report_.attributed, 2);
}

TEST_F(DecisionJoinTest, AnEventThatNamesNoneGoesToTheLastAnswerToItsShopper) {
  Show({{"r-1", "ann", kNow, {"mug"}},
        {"r-2", "ann", kNow + 10, {"mug"}},
        {"r-3", "bob", kNow + 12, {"mug"}},
        {"r-4", "ann", kNow + 30, {"mug"}}});
  Record({{"ann", "mug", kNow + 20}, {"ann", "cup", kNow + 20}, {"cem", "mug", kNow + 20}});
  EXPECT_THAT(WithOutcome(), ElementsAre("r-2 1"));
}

TEST_F(DecisionJoinTest, NothingCountsBeforeTheAnswerOrAfterTheWindow) {
  Show({{"r-1", "ann", kNow, {"mug"}},
        {"r-2", "bob", kNow, {"mug"}},
        {"r-3", "cem", kNow, {"mug"}},
        {"r-4", "dan", kNow, {"mug"}}});
  Record({{"ann", "mug", kNow - 1},
          {"bob", "mug", kNow + kWindow + 1},
          {"cem", "mug", kNow + kWindow},
          {"dan", "mug", kNow}});
  EXPECT_THAT(WithOutcome(), ElementsAre("r-3 1", "r-4 1"));
}

TEST_F(DecisionJoinTest, OfSeveralOutcomesTheBestCountsAndTheFirstSaysTheDelay) {
  plan_.rewards = {.click = 1, .add_to_cart = 3, .purchase = 2};
  Show({{"r-1", "ann", kNow, {"mug"}}});
  Record({{"ann", "mug", kNow + 30, "purchase"},
          {"ann", "mug", kNow + 20, "add_to_cart"},
          {"ann", "mug", kNow + 5},
          {"ann", "mug", kNow + 4, "view"}});
  EXPECT_EQ(Outcomes().at("r-1 1"), "true true true 3 5 ");
}

TEST_F(DecisionJoinTest, VisitorsHaveOutcomesByTheirRequestAlone) {
  Show({{"r-1", "", kNow, {"mug"}}, {"r-2", "", kNow, {"cup"}}});
  Record({{"ann", "mug", kNow + 1, "click", "r-1"}, {"", "cup", kNow + 1}});
  EXPECT_THAT(WithOutcome(), ElementsAre("r-1 1"));
}

TEST_F(DecisionJoinTest, LeavesOutWhoDidNotAgree) {
  plan_.consent = JoinConsent::kRequired;
  folder_.Write("lake/consents/1.jsonl",
                "{\"user\":\"ann\",\"purposes\":\"training\"}\n{\"user\":\"bob\",\"purposes\":\"training\"}\n"
                "{\"user\":\"ann\",\"purposes\":\"analytics\"}\n");
  Show({{"r-1", "ann", kNow, {"mug"}}, {"r-2", "bob", kNow, {"mug", "cup"}}, {"r-3", "", kNow, {"mug"}}});
  Record({{"ann", "mug", kNow + 1}, {"bob", "cup", kNow + 1}});
  EXPECT_THAT(WithOutcome(), ElementsAre("r-2 2"));
  EXPECT_EQ(rows_, 2);
  EXPECT_EQ(report_.denied, 2);
  EXPECT_EQ(report_.decisions, 1);
}

TEST_F(DecisionJoinTest, WithoutAnyConsentNobodyAgreed) {
  plan_.consent = JoinConsent::kRequired;
  Show({{"r-1", "ann", kNow, {"mug"}}});
  EXPECT_THAT(WithOutcome(), IsEmpty());
  EXPECT_EQ(report_.denied, 1);
}

TEST_F(DecisionJoinTest, CountsByPositionVersionAndReason) {
  Show({{"r-1", "ann", kNow, {"mug", "cup"}, "v1"}});
  Show({{"r-2", "bob", kNow, {"mug"}, "v2"}});
  Record({{"ann", "cup", kNow + 1}, {"bob", "mug", kNow + 1, "purchase"}});
  Outcomes();
  ASSERT_EQ(report_.by_position.size(), 2);
  EXPECT_EQ(report_.by_position[0].shown, 2);
  EXPECT_EQ(report_.by_position[0].bought, 1);
  EXPECT_EQ(report_.by_position[1].clicked, 1);
  EXPECT_DOUBLE_EQ(report_.by_position[1].click_rate(), 1);
  ASSERT_EQ(report_.by_version.size(), 2);
  EXPECT_EQ(report_.by_version[0].name, "stable v1");
  EXPECT_DOUBLE_EQ(report_.by_version[0].click_rate(), .5);
  EXPECT_DOUBLE_EQ(report_.by_version[1].reward, 4);
  ASSERT_EQ(report_.by_reason.size(), 1);
  EXPECT_EQ(report_.by_reason[0].name, "similar");
  EXPECT_EQ(report_.total.shown, 3);
}

TEST_F(DecisionJoinTest, IsTheSameWithLittleMemory) {
  std::mt19937 random(5);
  const auto draw = [&](int below) { return std::to_string(random() % static_cast<std::uint32_t>(below)); };
  for (int file = 0; file < 3; ++file) {
    std::vector<MadeAnswer> answers;
    std::vector<MadeEvent> events;
    for (int i = 0; i < 1000; ++i) {
      const std::string request = std::to_string(file) + "-" + std::to_string(i);
      answers.push_back({request, "u" + draw(50), kNow + std::stoi(draw(5000)), {"a" + draw(5), "b" + draw(5)}});
      events.push_back(
          {"u" + draw(50), "a" + draw(5), kNow + std::stoi(draw(5000)), "click", i % 2 == 0 ? request : ""});
    }
    Show(answers);
    Record(events);
  }
  const auto outcomes = Outcomes();
  EXPECT_GT(outcomes.size(), 300);
  plan_.memory_bytes = 20000;
  EXPECT_EQ(Outcomes(), outcomes);
}

TEST_F(DecisionJoinTest, ReplacesTheDatasetOfBeforeOrLeavesIt) {
  Show({{"r-1", "ann", kNow, {"mug"}}});
  Outcomes();
  Show({{"r-2", "ann", kNow, {"mug"}}});
  Outcomes();
  EXPECT_EQ(rows_, 2);
  base::WriteFileAtomically(Lake() / "decisions/9.parquet", "no Parquet");
  EXPECT_THROW(JoinDecisions(plan_), Error);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(plan_.out), {}), 2);
  EXPECT_EQ(std::distance(std::filesystem::directory_iterator(folder_.path()), {}), 2);  // lake and dataset
}

TEST_F(DecisionJoinTest, SaysThatThereIsNothing) {
  try {
    JoinDecisions(plan_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kNotFound);
    EXPECT_THAT(error.what(), HasSubstr("serve.decisions.fraction"));
  }
}

}  // namespace
}  // namespace shortlist::data
