#include "comm/launch.h"

#include <map>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

using Variables = std::map<std::string, std::string>;

Launch Read(const Variables& variables) {
  return ReadLaunch([&](const char* name) {
    const auto found = variables.find(name);
    return found == variables.end() ? std::nullopt : std::optional(found->second);
  });
}

std::string ErrorOf(const Variables& variables) {
  try {
    Read(variables);
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    return error.what();
  }
  return "";
}

const Variables kTorchrun = {{"RANK", "5"},
                             {"WORLD_SIZE", "8"},
                             {"LOCAL_RANK", "1"},
                             {"LOCAL_WORLD_SIZE", "4"},
                             {"MASTER_ADDR", "node-a"},
                             {"MASTER_PORT", "29500"}};

TEST(LaunchTest, NothingSetIsAJobOfOne) {
  const Launch launch = Read({{"RANK", "3"}, {"PATH", "/bin"}});
  EXPECT_EQ(launch.launcher, Launcher::kNone);
  EXPECT_EQ(launch.rank, 0);
  EXPECT_EQ(launch.size, 1);
}

TEST(LaunchTest, VariablesAsTorchrunSetsThem) {
  const Launch launch = Read(kTorchrun);
  EXPECT_EQ(launch.launcher, Launcher::kEnvironment);
  EXPECT_EQ(launch.rank, 5);
  EXPECT_EQ(launch.size, 8);
  EXPECT_EQ(launch.local_rank, 1);
  EXPECT_EQ(launch.local_size, 4);
  EXPECT_EQ(launch.address, "node-a");
  EXPECT_EQ(launch.port, 29500);
}

TEST(LaunchTest, AnIndexedJobCountsItsPods) {
  Variables variables = kTorchrun;
  variables.erase("RANK");
  variables["JOB_COMPLETION_INDEX"] = "7";
  EXPECT_EQ(Read(variables).rank, 7);
}

TEST(LaunchTest, OpenMpi) {
  const Launch launch = Read({{"OMPI_COMM_WORLD_RANK", "2"},
                              {"OMPI_COMM_WORLD_SIZE", "4"},
                              {"OMPI_COMM_WORLD_LOCAL_RANK", "1"},
                              {"OMPI_COMM_WORLD_LOCAL_SIZE", "2"}});
  EXPECT_EQ(launch.launcher, Launcher::kMpi);
  EXPECT_EQ(launch.rank, 2);
  EXPECT_EQ(launch.size, 4);
  EXPECT_EQ(launch.local_rank, 1);
  EXPECT_EQ(launch.local_size, 2);
  EXPECT_EQ(launch.port, 0);
}

TEST(LaunchTest, MpichAndItsRelatives) {
  const Launch launch = Read({{"PMI_RANK", "1"}, {"PMI_SIZE", "2"}});
  EXPECT_EQ(launch.launcher, Launcher::kMpi);
  EXPECT_EQ(launch.rank, 1);
}

TEST(LaunchTest, MpirunIsNearerThanThePod) {
  Variables variables = kTorchrun;
  variables["OMPI_COMM_WORLD_RANK"] = "0";
  variables["OMPI_COMM_WORLD_SIZE"] = "2";
  EXPECT_EQ(Read(variables).launcher, Launcher::kMpi);
  EXPECT_EQ(Read(variables).size, 2);
}

TEST(LaunchTest, WhatIsMissingIsNamed) {
  for (const char* name : {"RANK", "MASTER_ADDR", "MASTER_PORT"}) {
    Variables variables = kTorchrun;
    variables.erase(name);
    EXPECT_EQ(ErrorOf(variables), std::string("WORLD_SIZE is set, so ") + name + " has to be set, too");
  }
}

TEST(LaunchTest, OneRankNeedsNoAddress) {
  EXPECT_EQ(Read({{"RANK", "0"}, {"WORLD_SIZE", "1"}}).size, 1);
}

TEST(LaunchTest, WhatIsWrongIsNamed) {
  const std::map<std::string, std::string> wrong = {
      {"RANK", "8"}, {"WORLD_SIZE", "0"}, {"LOCAL_RANK", "-1"}, {"MASTER_PORT", "http"}};
  for (const auto& [name, value] : wrong) {
    Variables variables = kTorchrun;
    variables[name] = value;
    const std::string message = ErrorOf(variables);
    EXPECT_EQ(message.find("environment variable " + name), 0U) << message;
    EXPECT_NE(message.find("'" + value + "'; expected a number from"), std::string::npos) << message;
  }
}

TEST(LaunchTest, TheProcessHasAnEnvironment) {
  EXPECT_TRUE(ProcessEnvironment("PATH").has_value());
  EXPECT_FALSE(ProcessEnvironment("SHORTLIST_NOT_SET").has_value());
}

}  // namespace
}  // namespace shortlist::comm
