// The search for better settings, as a process that can be killed.
#include <csignal>
#include <filesystem>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "config/config.h"
#include "e2e/retailer.h"

namespace shortlist::e2e {
namespace {

using nlohmann::json;
using ::testing::AnyOf;
using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

class TuneTest : public Retailer {
 protected:
  void SetUp() override {
    Retailer::SetUp();
    Settings settings = MakeSettings();
    settings.train.epochs = 3;
    settings.tune.configurations = 4;
    settings.tune.ranges = {{"train.optimizer.dense_rate", {}, 1e-4, 1e-2, RangeScale::kLog},
                            {"model.user_hidden", {"[8]", "[16]"}, 0, 0, RangeScale::kLinear}};
    config_ = WriteConfiguration(settings, "retailer.yaml");
    Succeed({"prepare", config_.string()});
  }

  json ReadJson(const std::string& name) const { return json::parse(base::ReadFile(scratch_ / name)); }

  // What a search found, without the times that it took.
  json Findings(const std::string& name) const {
    json result = ReadJson(name);
    result.erase("seconds");
    for (json& trial : result["trials"]) trial.erase("seconds");
    return result;
  }

  void WriteRange(const RangeSettings& range) const {
    Settings settings = MakeSettings();
    settings.tune.ranges = {range};
    WriteConfiguration(settings, "other.yaml");
  }
};

TEST_F(TuneTest, WritesAConfigurationWithTheBestSettings) {
  const Outcome outcome = Succeed({"tune", config_.string(), "--json", (scratch_ / "tune.json").string()});
  EXPECT_THAT(outcome.out, HasSubstr("retailer.tuned.yaml"));
  const json result = ReadJson("tune.json");
  ASSERT_EQ(result.at("trials").size(), 4U);
  const json& best = result.at("trials").at(result.at("best").get<std::size_t>());
  for (const json& trial : result.at("trials")) EXPECT_LE(trial.at("metric"), best.at("metric"));
  EXPECT_EQ(result.at("trials").at(0).at("epochs"), 3);

  const std::filesystem::path tuned = scratch_ / "retailer.tuned.yaml";
  const Settings settings = config::LoadSettings(tuned);
  const json& chosen = best.at("settings");
  if (!chosen.empty()) {
    const double rate = std::stod(chosen.at("train.optimizer.dense_rate").get<std::string>());
    EXPECT_DOUBLE_EQ(settings.train.optimizer.dense_rate, rate);
  }
  EXPECT_EQ(settings.train.epochs, 3);
  EXPECT_THAT(settings.data.events.paths, Each("source/events.csv"));

  // Nothing but the record of the search is left of the trials, and the metric is that of a training of its own.
  EXPECT_EQ(FilesBelow(scratch_ / "run/tune").size(), 1U);
  Succeed({"train", tuned.string(), "--json", (scratch_ / "train.json").string()});
  EXPECT_DOUBLE_EQ(ReadJson("train.json").at("best_metric").get<double>(), best.at("metric").get<double>());
}

TEST_F(TuneTest, ASearchThatWasKilledGoesOnToTheSameEnd) {
  const std::string out = (scratch_ / "found.yaml").string();
  Succeed({"tune", config_.string(), "--out", out, "--json", (scratch_ / "whole.json").string()});
  const std::string found = base::ReadFile(out);
  for (const int signal : {SIGTERM, SIGKILL}) {
    Program program({"tune", config_.string(), "--out", out}, scratch_.path());
    ASSERT_TRUE(program.WaitForLog("configuration 2 of 3"));
    program.Signal(signal);
    EXPECT_THAT(program.Wait().status, AnyOf(75, 128 + SIGKILL));
    Succeed({"tune", config_.string(), "--resume", "--out", out, "--json", (scratch_ / "resumed.json").string()});
    EXPECT_EQ(Findings("resumed.json"), Findings("whole.json"));
    EXPECT_EQ(base::ReadFile(out), found);
  }
}

TEST_F(TuneTest, ASmallBudgetEndsTheSearchAndALargerOneGoesOn) {
  const std::vector<std::string> tune = {"tune", config_.string(), "--json", (scratch_ / "tune.json").string()};
  std::vector<std::string> limited = tune;
  limited.insert(limited.end(), {"--budget", "1e-9s"});
  EXPECT_THAT(Succeed(limited).out, HasSubstr("the budget is spent"));
  EXPECT_EQ(ReadJson("tune.json").at("best"), 0);
  std::vector<std::string> more = tune;
  more.emplace_back("--resume");
  EXPECT_THAT(Succeed(more).out, Not(HasSubstr("the budget is spent")));
  EXPECT_EQ(ReadJson("tune.json").at("trials").at(0).at("epochs"), 3);
}

TEST_F(TuneTest, WhatCannotBeSearchedIsRefusedBeforeAnythingIsTrained) {
  WriteRange({"model.dimensoin", {"8"}, 0, 0, RangeScale::kLinear});
  Outcome outcome = Shortlist({"tune", (scratch_ / "other.yaml").string()});
  EXPECT_EQ(outcome.status, 2);
  EXPECT_THAT(outcome.err, HasSubstr("did you mean 'dimension'?"));
  WriteRange({"model.dropout", {}, 0, 2, RangeScale::kLinear});
  outcome = Shortlist({"tune", (scratch_ / "other.yaml").string()});
  EXPECT_THAT(outcome.err, HasSubstr("other.yaml with model.dropout: 2"));
  WriteConfiguration(MakeSettings(), "other.yaml");
  outcome = Shortlist({"tune", (scratch_ / "other.yaml").string()});
  EXPECT_THAT(outcome.err, HasSubstr("has no tune.ranges"));
  EXPECT_FALSE(std::filesystem::exists(scratch_ / "run/tune"));
}

TEST_F(TuneTest, AnotherConfigurationIsNotResumed) {
  Succeed({"tune", config_.string(), "--budget", "1e-9s"});
  const Outcome outcome = Shortlist({"tune", config_.string(), "--resume", "--seed", "9"});
  EXPECT_EQ(outcome.status, 1);
  EXPECT_THAT(outcome.err, HasSubstr("cannot resume"));
}

}  // namespace
}  // namespace shortlist::e2e
