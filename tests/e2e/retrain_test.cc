// From new events to the next version that serves, through the real program.
#include <chrono>
#include <csignal>
#include <filesystem>
#include <fstream>
#include <set>
#include <sstream>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "e2e/retailer.h"
#include "index/bundle.h"

namespace shortlist::e2e {
namespace {

namespace fs = std::filesystem;
using nlohmann::json;
using ::testing::Contains;
using ::testing::HasSubstr;
using ::testing::IsEmpty;
using ::testing::Not;

constexpr int kRefusedStatus = 3;
constexpr int kStoppedStatus = 75;
constexpr std::size_t kDays = 60;
constexpr std::size_t kDaysAtFirst = 55;

class RetrainTest : public Retailer {
 protected:
  void SetUp() override {
    Retailer::SetUp();
    ReadDays();
    fs::create_directory(scratch_ / "lake");
    for (std::size_t day = 0; day < kDaysAtFirst; ++day) Arrive(day);
    Configure(LoopSettings());
  }

  Settings LoopSettings() const {
    Settings settings = MakeSettings();
    settings.data.events.paths = {"lake"};
    settings.data.split.rule = SplitRule::kTime;
    settings.data.split.validation_days = 2;
    settings.data.split.test_days = 2;
    settings.retrain.models = models().string();
    settings.retrain.gates = {.metric = "recall@20", .max_loss = 1, .min_shoppers = 10, .min_events = 20};
    return settings;
  }
  void Configure(const Settings& settings) { config_ = WriteConfiguration(settings, "loop.yaml"); }

  // The events of a day come into the lake.
  void Arrive(std::size_t day) const {
    base::WriteFileAtomically(scratch_ / "lake" / (std::to_string(1000 + day) + ".csv"), header_ + days_.at(day));
  }

  std::vector<std::string> Command() const { return {"retrain", config_.string(), "--json", report_file().string()}; }
  Outcome Retrain() const { return Shortlist(Command()); }
  void RetrainAndPublish() const {
    const Outcome outcome = Retrain();
    ASSERT_EQ(outcome.status, 0) << outcome.out << outcome.err;
    ASSERT_EQ(Report()["outcome"], "published");
  }
  // Kills a retraining at the beginning of a stage, or a while later.
  void Kill(const std::string& stage, std::chrono::milliseconds later = {}) const {
    Program program(Command(), scratch_.path());
    ASSERT_TRUE(program.WaitForLine("== " + stage));
    std::this_thread::sleep_for(later);
    program.Signal(SIGKILL);
    program.Wait();
  }

  // Takes a shopper's events out of every file that has some.
  void Erase(const std::string& shopper) {
    for (std::size_t day = 0; day < kDaysAtFirst; ++day) {
      std::istringstream rows(std::exchange(days_.at(day), ""));
      bool found = false;
      for (std::string row; std::getline(rows, row);) {
        const bool is_hers = row.find("," + shopper + ",") != std::string::npos;
        found |= is_hers;
        if (!is_hers) days_[day] += row + '\n';
      }
      if (found) Arrive(day);
    }
  }
  // One of a day whose id is the beginning of no other.
  std::string ShopperOf(std::size_t day) const {
    const std::string& rows = days_.at(day);
    const std::size_t longest = std::string_view("user-100").size();
    for (std::size_t begin = 0; (begin = rows.find(",user-", begin)) != std::string::npos; ++begin) {
      const std::size_t end = rows.find(',', begin + 1);
      if (end - begin - 1 == longest) return rows.substr(begin + 1, longest);
    }
    ADD_FAILURE() << "nobody of three digits came on that day";
    return "";
  }
  // What retraining leaves that has a text in it.
  std::vector<std::string> FilesWith(const std::string& text) const {
    std::vector<std::string> files;
    for (const fs::path& file : FilesBelow(scratch_ / "run/retrain")) {
      if (base::ReadFile(file).find(text) != std::string::npos) files.push_back(file.string());
    }
    return files;
  }

  fs::path models() const { return scratch_ / "models"; }
  fs::path report_file() const { return scratch_ / "retrain.json"; }
  json Report() const { return json::parse(base::ReadFile(report_file())); }
  std::set<std::string> Versions() const {
    std::set<std::string> names;
    if (!fs::exists(models())) return names;
    for (const auto& entry : fs::directory_iterator(models())) names.insert(entry.path().filename());
    return names;
  }

 private:
  // Times rise evenly, so that an equal share of the rows is about a day.
  void ReadDays() {
    std::ifstream events(scratch_ / "source/events.csv");
    std::getline(events, header_);
    header_ += '\n';
    std::vector<std::string> rows;
    for (std::string row; std::getline(events, row);) rows.push_back(row + '\n');
    days_.resize(kDays);
    for (std::size_t row = 0; row < rows.size(); ++row) days_[row * kDays / rows.size()] += rows[row];
  }

  std::string header_;
  std::vector<std::string> days_;
};

TEST_F(RetrainTest, PublishesTheFirstVersionAndHasNothingToDoWithoutNewEvents) {
  RetrainAndPublish();
  const std::set<std::string> versions = Versions();
  EXPECT_EQ(versions, std::set<std::string>{Report()["version"]});
  const Outcome again = Retrain();
  EXPECT_EQ(again.status, 0);
  EXPECT_THAT(again.out, HasSubstr("nothing is new since the last retraining"));
  EXPECT_EQ(Report()["outcome"], "nothing_new");
  EXPECT_EQ(Versions(), versions);
}

TEST_F(RetrainTest, NewEventsMakeAVersionThatBeginsWithTheServingOneAndIsJudgedBesideIt) {
  RetrainAndPublish();
  const std::string first = Report()["version"];
  for (std::size_t day = kDaysAtFirst; day < kDays; ++day) Arrive(day);
  RetrainAndPublish();
  const json report = Report();
  EXPECT_EQ(report["serving"], first);
  EXPECT_EQ(report["initial"], first);
  const json& evaluation = report["evaluation"];
  EXPECT_FALSE(evaluation["served_has_seen"]);
  EXPECT_GE(evaluation["shoppers"], 10);
  for (const char* who : {"new", "serving"}) {
    EXPECT_GT(evaluation[who]["value"], 0) << who;
    EXPECT_LT(evaluation[who]["low"], evaluation[who]["high"]) << who;
  }
  EXPECT_NEAR(evaluation["difference"]["value"].get<double>(),
              evaluation["new"]["value"].get<double>() - evaluation["serving"]["value"].get<double>(), 1e-9);
  EXPECT_EQ(Versions(), (std::set<std::string>{first, report["version"]}));
  EXPECT_EQ(index::Bundle::Open(models() / report["version"].get<std::string>()).version(), report["version"]);
  EXPECT_TRUE(fs::exists(scratch_ / "run/retrain/reports/retrain.json"));
}

TEST_F(RetrainTest, KeepsSoManyVersionsAsItIsTold) {
  Settings settings = LoopSettings();
  settings.retrain.keep = 1;
  Configure(settings);
  RetrainAndPublish();
  Arrive(kDaysAtFirst);
  RetrainAndPublish();
  const std::set<std::string> two = Versions();
  EXPECT_EQ(two.size(), 2U) << "servers may still be about to change over";
  Arrive(kDaysAtFirst + 1);
  RetrainAndPublish();
  EXPECT_EQ(Versions().size(), 2U);
  EXPECT_TRUE(Versions().contains(Report()["version"]));
}

TEST_F(RetrainTest, AModelThatTheGatesRefuseIsNotPublished) {
  RetrainAndPublish();
  const std::set<std::string> versions = Versions();
  Arrive(kDaysAtFirst);
  Settings settings = LoopSettings();
  settings.retrain.gates.min_shoppers = 100000;
  Configure(settings);
  const Outcome outcome = Retrain();
  EXPECT_EQ(outcome.status, kRefusedStatus) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("retrain.gates.min_shoppers is 100000"));
  EXPECT_EQ(Report()["outcome"], "refused");
  EXPECT_EQ(Versions(), versions);
  EXPECT_THAT(Retrain().out, HasSubstr("nothing is new"));
}

// Here every event has an id in the column of answers.
TEST_F(RetrainTest, EventsThatFollowedAnAnswerDoNotDecideUnlessTheyAreAskedTo) {
  Settings settings = LoopSettings();
  settings.data.events.columns.request_id = "event_id";
  Configure(settings);
  RetrainAndPublish();
  Arrive(kDaysAtFirst);
  const Outcome outcome = Retrain();
  EXPECT_EQ(outcome.status, kRefusedStatus) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("only 0 events that followed no answer; retrain.gates.min_events is 20"));
  EXPECT_EQ(Report()["evaluation"]["events"], 0);
  const std::int64_t left_out = Report()["evaluation"]["left_out"];
  EXPECT_GT(left_out, 20);

  settings.retrain.gates.events = JudgedEvents::kAll;
  Configure(settings);
  RetrainAndPublish();
  EXPECT_EQ(Report()["evaluation"]["events"], left_out);
  EXPECT_EQ(Report()["evaluation"]["left_out"], 0);
}

TEST_F(RetrainTest, SaysIfItCannotTellWhichEventsFollowedAnAnswer) {
  RetrainAndPublish();
  Arrive(kDaysAtFirst);
  EXPECT_THAT(Retrain().err, HasSubstr("data.events.columns.request_id names no column"));
}

// An untrained model has no chance against one that has learned.
TEST_F(RetrainTest, AWorseModelIsNotPublished) {
  Settings settings = LoopSettings();
  settings.train.epochs = 30;
  Configure(settings);
  RetrainAndPublish();
  const std::set<std::string> versions = Versions();
  Arrive(kDaysAtFirst);
  settings.retrain.gates.max_loss = 0;
  settings.model.dimension = 8;  // another model, so that it begins anew
  settings.train.epochs = 1;
  settings.train.optimizer.embedding_rate = settings.train.optimizer.dense_rate = 0;
  Configure(settings);
  const Outcome outcome = Retrain();
  EXPECT_EQ(outcome.status, kRefusedStatus) << outcome.out << outcome.err;
  EXPECT_LT(Report()["evaluation"]["new"]["value"], Report()["evaluation"]["serving"]["value"]);
  EXPECT_EQ(Report()["initial"], "");
  EXPECT_EQ(Versions(), versions);
}

TEST_F(RetrainTest, ASecondOneIsRefusedWhileTheFirstIsUnderWay) {
  Settings settings = LoopSettings();
  settings.train.epochs = 200;
  Configure(settings);
  Program first(Command(), scratch_.path());
  ASSERT_TRUE(first.WaitForLine("== train"));
  const Outcome second = Retrain();
  EXPECT_EQ(second.status, 1);
  EXPECT_THAT(second.err, HasSubstr("a retraining is under way"));
  first.Signal(SIGTERM);
  EXPECT_EQ(first.Wait().status, kStoppedStatus);
}

TEST_F(RetrainTest, GoesOnWhereItWasKilled) {
  const std::vector<std::string> stages = {"prepare", "train", "evaluate", "index", "publish"};
  for (std::size_t killed = 0; killed < stages.size(); ++killed) {
    for (const int later : {0, 15, 60}) {
      Arrive(kDaysAtFirst + killed);
      const std::string note = stages[killed] + " killed after " + std::to_string(later) + " ms";
      const std::set<std::string> before = Versions();
      Kill(stages[killed], std::chrono::milliseconds(later));
      const Outcome outcome = Retrain();
      ASSERT_EQ(outcome.status, 0) << note << outcome.err;
      if (killed > 0) {
        EXPECT_THAT(outcome.out, Not(HasSubstr("== prepare"))) << note;
      }
      EXPECT_LE(Versions().size(), before.size() + 1) << note;
      for (const std::string& version : Versions()) EXPECT_NO_THROW(index::Bundle::Open(models() / version)) << note;
    }
  }
  for (const fs::path& file : FilesBelow(scratch_ / "run")) EXPECT_THAT(file.string(), Not(HasSubstr(".tmp.")));
}

// What it keeps of files for the next time, too. The lake is rewritten as compaction does at an erasure.
TEST_F(RetrainTest, AnErasedShopperIsNowhereAfterTheNextOne) {
  const std::string erased = ShopperOf(0);
  RetrainAndPublish();
  EXPECT_EQ(FilesBelow(scratch_ / "run/retrain/parsed").size(), kDaysAtFirst);
  EXPECT_THAT(FilesWith(erased), Contains(HasSubstr("/parsed/")));
  Erase(erased);
  Kill("prepare", std::chrono::milliseconds(10));
  RetrainAndPublish();
  EXPECT_THAT(FilesWith(erased), IsEmpty());
  EXPECT_EQ(FilesBelow(scratch_ / "run/retrain/parsed").size(), kDaysAtFirst);
}

TEST_F(RetrainTest, WhatItKeepsOfFilesChangesNoDataset) {
  const fs::path description = scratch_ / "run/retrain/dataset/dataset.json";  // has the digests of all files
  RetrainAndPublish();
  Arrive(kDaysAtFirst);
  RetrainAndPublish();
  const std::string again = base::ReadFile(description);
  fs::remove_all(scratch_ / "run");
  fs::remove_all(models() / Report()["version"].get<std::string>());  // so that the same version serves
  RetrainAndPublish();
  EXPECT_EQ(base::ReadFile(description), again);
}

TEST_F(RetrainTest, ASignalStopsItWithACheckpointToGoOnFrom) {
  Settings settings = LoopSettings();
  settings.train.epochs = 60;
  Configure(settings);
  Program program(Command(), scratch_.path());
  ASSERT_TRUE(program.WaitForLine("== train"));
  program.Signal(SIGTERM);
  const Outcome outcome = program.Wait();
  EXPECT_EQ(outcome.status, kStoppedStatus) << outcome.err;
  EXPECT_THAT(outcome.out, HasSubstr("the same command goes on"));
  RetrainAndPublish();
}

TEST_F(RetrainTest, SaysWhatIsWrongBeforeItBegins) {
  Settings settings = LoopSettings();
  settings.retrain.models.clear();
  Configure(settings);
  EXPECT_THAT(Retrain().err, HasSubstr("retrain.models"));
  settings = LoopSettings();
  settings.data.split = {};
  Configure(settings);
  const Outcome outcome = Retrain();
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("test_days"));

  Configure(LoopSettings());
  RetrainAndPublish();
  settings = LoopSettings();
  settings.features.item.pop_back();
  Configure(settings);
  EXPECT_THAT(Retrain().err, HasSubstr("was made with other features"));
}

}  // namespace
}  // namespace shortlist::e2e
