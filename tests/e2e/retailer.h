// A small made-up retailer with its configuration, in a directory of its own.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

#include <gtest/gtest.h>

#include "base/scratch_directory.h"
#include "e2e/program.h"
#include "shortlist/settings.h"

namespace shortlist::e2e {

class Retailer : public ::testing::Test {
 protected:
  // Writes the configuration and has the program synthesize the events.
  void SetUp() override;

  // The settings of the retailer, artifacts below `artifacts` of the scratch directory.
  Settings MakeSettings(const std::string& artifacts = "run") const;
  std::filesystem::path WriteConfiguration(const Settings& settings, const std::string& name) const;

  Outcome Shortlist(const std::vector<std::string>& arguments) const { return RunProgram(arguments, scratch_.path()); }
  // Fails the test with the program's messages unless it ends with status 0.
  Outcome Succeed(const std::vector<std::string>& arguments) const;
  // Prepare, train, evaluate and index.
  void RunAll() const { Succeed({"run", config_.string()}); }

  std::filesystem::path dataset() const { return scratch_ / "run/dataset"; }
  std::filesystem::path checkpoints() const { return scratch_ / "run/checkpoints"; }
  std::filesystem::path bundle() const { return scratch_ / "run/bundle"; }

  ScratchDirectory scratch_;
  std::filesystem::path config_;
};

// All regular files below a directory, sorted.
std::vector<std::filesystem::path> FilesBelow(const std::filesystem::path& directory);

}  // namespace shortlist::e2e
