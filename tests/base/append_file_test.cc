#include "base/append_file.h"

#include <utility>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/file_size_limit.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

using ::testing::HasSubstr;

class AppendFileTest : public ::testing::Test {
 protected:
  ScratchDirectory scratch_;
  std::filesystem::path path_ = scratch_ / "log";
};

TEST_F(AppendFileTest, GrowsOverOpenings) {
  AppendFile(path_).Append("one ");
  AppendFile file(path_);
  EXPECT_EQ(file.size(), 4);
  file.Append("two");
  EXPECT_EQ(ReadFile(path_), "one two");
  file.CutTo(3);
  file.Append("!");
  EXPECT_EQ(ReadFile(path_), "one!");
  EXPECT_EQ(file.size(), 4);
}

TEST_F(AppendFileTest, IsOfOneWriterUntilThatIsGone) {
  AppendFile file(path_);
  const AppendFile moved = std::move(file);
  try {
    const AppendFile other(path_);
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kFailedPrecondition);
    EXPECT_THAT(error.what(), HasSubstr("another process writes '" + path_.string()));
  }
}

TEST_F(AppendFileTest, TakesBackWhatOnlyInPartFits) {
  AppendFile file(path_);
  file.Append("kept");
  {
    const FileSizeLimit limit(7);
    try {
      file.Append("too long");
      FAIL();
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kUnavailable);
    }
  }
  EXPECT_EQ(ReadFile(path_), "kept");
  file.Append(", and more");
  EXPECT_EQ(ReadFile(path_), "kept, and more");
}

TEST_F(AppendFileTest, SaysWhereItCannotBeOpened) {
  try {
    const AppendFile file(scratch_ / "missing" / "log");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kUnavailable);
    EXPECT_THAT(error.what(), HasSubstr("missing/log"));
  }
}

}  // namespace
}  // namespace shortlist::base
