// Every real data set through all stages, at a width and length that take seconds.
#include <cstdlib>
#include <filesystem>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "base/settings_json.h"
#include "config/config.h"
#include "e2e/program.h"
#include "e2e/server.h"

namespace shortlist::e2e {
namespace {

using nlohmann::json;

class RealDataTest : public ::testing::Test {
 protected:
  // The repository's configuration, made small.
  std::string SmallConfiguration(const std::string& name) const {
    Settings settings = config::LoadSettings(SHORTLIST_SOURCE_DIR "/configs/" + name + ".yaml");
    settings.directory = (scratch_ / "run").string();
    settings.model.dimension = 16;
    settings.train.epochs = 1;
    settings.train.max_steps = 100;
    settings.train.early_stop.max_users = 500;
    settings.evaluate.max_users = 500;
    settings.evaluate.bootstrap_samples = 50;
    settings.evaluate.baselines = {BaselineKind::kPopularity};
    base::WriteFileAtomically(scratch_ / "small.yaml", base::SettingsToJson(settings));
    return scratch_ / "small.yaml";
  }

  void RunAndServe(const std::string& name, const std::string& folder) const {
    if (!std::filesystem::exists(std::filesystem::path(SHORTLIST_DATA_DIR) / folder)) {
      GTEST_SKIP() << folder << " is not in " << SHORTLIST_DATA_DIR;
    }
    setenv("SHORTLIST_DATA_DIR", SHORTLIST_DATA_DIR, 1);
    const std::string report = scratch_ / "run.json";
    const Outcome run = RunProgram({"run", SmallConfiguration(name), "--json", report}, scratch_.path());
    ASSERT_EQ(run.status, 0) << run.err;
    EXPECT_GT(json::parse(base::ReadFile(report))["prepare"]["kept"], 100000);
    Server server(scratch_ / "run/bundle", scratch_.path());
    const Outcome query =
        RunProgram({"query", "--address", server.address(), "--user", "no such shopper"}, scratch_.path());
    EXPECT_EQ(query.status, 0) << query.err;
    EXPECT_EQ(server.Stop().status, 0);
  }

  ScratchDirectory scratch_;
};

TEST_F(RealDataTest, AmazonBeauty) {
  RunAndServe("amazon_beauty", "amazon_beauty");
}

TEST_F(RealDataTest, OnlineRetail) {
  RunAndServe("online_retail", "online_retail_ii");
}

TEST_F(RealDataTest, Gowalla) {
  RunAndServe("gowalla", "gowalla_lightgcn");
}

}  // namespace
}  // namespace shortlist::e2e
