#include "serve/kept_versions.h"

#include <filesystem>
#include <fstream>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "serve/made_bundle.h"
#include "shortlist/error.h"

namespace shortlist::serve {
namespace {

using ::testing::HasSubstr;

class KeptVersionsTest : public ::testing::Test {
 protected:
  static VersionSettings Labels() {
    VersionSettings settings;
    settings.policy = VersionPolicy::kLabels;
    settings.stable = "v1";
    settings.canary = "v2";
    settings.canary_percent = 12.5;
    return settings;
  }

  template <class Action>
  static void ExpectError(Code code, const std::string& message, const Action& action) {
    try {
      action();
      ADD_FAILURE() << "expected: " << message;
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), code) << error.what();
      EXPECT_THAT(error.what(), HasSubstr(message));
    }
  }

  ScratchFolder folder_;
  const std::filesystem::path file_ = folder_.path() / "versions.json";
};

TEST_F(KeptVersionsTest, ReadsWhatItWrote) {
  KeepVersions(file_, {{}, Labels(), "v0"});
  const auto kept = ReadKeptVersions(file_);
  ASSERT_TRUE(kept.has_value());
  EXPECT_TRUE(SameChoice(kept->configured, {}));
  EXPECT_TRUE(SameChoice(kept->wanted, Labels()));
  EXPECT_EQ(kept->previous, "v0");
}

TEST_F(KeptVersionsTest, KnowsNothingWithoutAFileOrWhenItWasForgotten) {
  EXPECT_FALSE(ReadKeptVersions(file_).has_value());
  ForgetVersions(file_);
  KeepVersions(file_, {{}, Labels(), ""});
  ForgetVersions(file_);
  EXPECT_FALSE(ReadKeptVersions(file_).has_value());
}

TEST_F(KeptVersionsTest, RefusesAFileOfAnotherKindOrWithAChange) {
  std::ofstream(file_) << "{}";
  ExpectError(Code::kDataLoss, file_.string(), [&] { ReadKeptVersions(file_); });
  KeepVersions(file_, {{}, Labels(), ""});
  std::fstream(file_, std::ios::in | std::ios::out) << " ";
  ExpectError(Code::kDataLoss, file_.string(), [&] { ReadKeptVersions(file_); });
}

TEST_F(KeptVersionsTest, NamesAFolderThatIsNotThere) {
  ExpectError(Code::kInvalidArgument, "serve.versions.state", [&] { RequireWritableState(folder_.path() / "x/y"); });
  RequireWritableState(file_);
}

TEST_F(KeptVersionsTest, AChoiceLeavesOtherSettingsAsTheyAre) {
  VersionSettings settings;
  settings.memory_mib = 7;
  EXPECT_EQ(WithChoice(settings, Labels()).memory_mib, 7);
  EXPECT_TRUE(SameChoice(WithChoice(settings, Labels()), Labels()));
  EXPECT_FALSE(SameChoice(settings, Labels()));
}

}  // namespace
}  // namespace shortlist::serve
