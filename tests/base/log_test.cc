#include "base/log.h"

#include <algorithm>
#include <cstdint>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::base {
namespace {

using ::testing::HasSubstr;
using ::testing::MatchesRegex;
using ::testing::Not;

class LogTest : public ::testing::Test {
 protected:
  ~LogTest() override {
    SetLogLevel(LogLevel::kInfo);
    SetLogPrefix("");
    SetLogFormat(LogFormat::kText);
  }
};

TEST_F(LogTest, ALineHasUtcTimeLevelAndMessage) {
  ::testing::internal::CaptureStderr();
  LogInfo("loaded {} of %s");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(),
              MatchesRegex("[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z info loaded \\{\\} of %s\n"));
}

TEST_F(LogTest, DropsWhatIsBelowTheLevel) {
  SetLogLevel(LogLevel::kWarning);
  ::testing::internal::CaptureStderr();
  LogInfo("quiet");
  LogWarning("careful");
  LogError("broken");
  const std::string text = ::testing::internal::GetCapturedStderr();
  EXPECT_THAT(text, Not(HasSubstr("quiet")));
  EXPECT_THAT(text, HasSubstr("warning careful"));
  EXPECT_THAT(text, HasSubstr("error broken"));
}

TEST_F(LogTest, ThePrefixComesBeforeTheMessage) {
  SetLogPrefix("[100% of 4] ");
  ::testing::internal::CaptureStderr();
  LogInfo("loaded");
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("Z info [100% of 4] loaded\n"));
}

TEST_F(LogTest, FieldsFollowTheMessageOnItsLine) {
  ::testing::internal::CaptureStderr();
  Log(LogLevel::kInfo, "call", {{"code", "OK\nforged"}, {"seconds", 0.25}, {"k", std::int64_t{10}}});
  EXPECT_THAT(::testing::internal::GetCapturedStderr(), HasSubstr("Z info call code=OK\\nforged seconds=0.25 k=10\n"));
}

TEST_F(LogTest, JsonHasOneObjectPerLine) {
  SetLogFormat(LogFormat::kJson);
  SetLogPrefix("[rank 1] ");
  ::testing::internal::CaptureStderr();
  Log(LogLevel::kWarning, "two\nlines of \"text\" and \xff",
      {{"code", "OK"}, {"seconds", 0.25}, {"k", std::int64_t{10}}});
  const std::string line = ::testing::internal::GetCapturedStderr();
  EXPECT_EQ(std::ranges::count(line, '\n'), 1);
  EXPECT_THAT(line, MatchesRegex(
                        "\\{\"time\":\"[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\\.[0-9]{3}Z\",\"level\":\"warning\",.*\n"));
  EXPECT_THAT(line,
              HasSubstr("\"message\":\"two\\nlines of \\\"text\\\" and \xEF\xBF\xBD\",\"source\":\"[rank 1] \","));
  EXPECT_THAT(line, HasSubstr(R"("code":"OK","seconds":0.25,"k":10})"));
}

TEST_F(LogTest, ParsesLevels) {
  EXPECT_EQ(ParseLogLevel("debug"), LogLevel::kDebug);
  EXPECT_EQ(ParseLogLevel("error"), LogLevel::kError);
  EXPECT_THROW(ParseLogLevel("loud"), Error);
}

}  // namespace
}  // namespace shortlist::base
