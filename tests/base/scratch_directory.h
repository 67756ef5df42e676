// A fresh directory for one test, removed with everything in it when the test ends.
#pragma once

#include <algorithm>
#include <filesystem>
#include <string>
#include <unistd.h>

#include <gtest/gtest.h>

namespace shortlist {

class ScratchDirectory {
 public:
  ScratchDirectory() : path_(std::filesystem::path(::testing::TempDir()) / Name()) {
    std::filesystem::remove_all(path_);
    std::filesystem::create_directories(path_);
  }
  ~ScratchDirectory() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  ScratchDirectory(const ScratchDirectory&) = delete;
  ScratchDirectory& operator=(const ScratchDirectory&) = delete;

  const std::filesystem::path& path() const { return path_; }
  std::filesystem::path operator/(const std::string& name) const { return path_ / name; }

 private:
  static std::string Name() {
    const ::testing::TestInfo* test = ::testing::UnitTest::GetInstance()->current_test_info();
    std::string name =
        std::string("shortlist.") + test->test_suite_name() + "." + test->name() + "." + std::to_string(getpid());
    // Suites and tests with parameters have slashes in their names.
    std::replace(name.begin(), name.end(), '/', '.');
    return name;
  }

  std::filesystem::path path_;
};

}  // namespace shortlist
