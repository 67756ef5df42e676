#include "base/progress.h"

#include <functional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;

std::string Printed(const std::function<void()>& action) {
  ::testing::internal::CaptureStderr();
  action();
  return ::testing::internal::GetCapturedStderr();
}

TEST(ProgressTest, WithoutATerminalTheEndIsOnePlainLine) {
  const std::string text = Printed([] {
    Progress progress("reading", 30000, "rows");
    for (int i = 0; i < 3; ++i) progress.Advance(10000);
    progress.SetNote("3 files");
    progress.Finish();
    progress.Finish();
  });
  EXPECT_THAT(text, MatchesRegex("[^\n]* reading: 30\\.0k rows in [0-9.]+ s, 3 files\n"));
}

TEST(ProgressTest, TheDestructorFinishes) {
  EXPECT_THAT(Printed([] { Progress("idle", 0, "rows").Advance(5); }), HasSubstr("idle: 5 rows in"));
}

TEST(ProgressTest, CountsFromManyThreads) {
  const std::string text = Printed([] {
    Progress progress("counting", 0, "steps");
    std::vector<std::thread> threads;
    for (int t = 0; t < 4; ++t) {
      threads.emplace_back([&] {
        for (int i = 0; i < 1000; ++i) progress.Advance(1);
      });
    }
    for (std::thread& thread : threads) thread.join();
  });
  EXPECT_THAT(text, HasSubstr("counting: 4000 steps in"));
}

}  // namespace
}  // namespace shortlist::base
