#include "base/manifest.h"

#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

using ::testing::HasSubstr;

class ManifestTest : public ::testing::Test {
 protected:
  ManifestTest() {
    std::filesystem::create_directory(scratch_ / "model");
    WriteFileAtomically(scratch_ / "model/weights", "0123456789");
    WriteFileAtomically(scratch_ / "items", "abc");
    WriteFileAtomically(scratch_ / "manifest.json", "{}");
    entries_ = ListFiles(scratch_.path(), {"manifest.json"});
  }

  std::string Refusal() const {
    try {
      VerifyFiles(scratch_.path(), entries_);
    } catch (const Error& error) {
      EXPECT_EQ(error.code(), Code::kDataLoss);
      return error.what();
    }
    return "accepted";
  }

  ScratchDirectory scratch_;
  std::vector<FileEntry> entries_;
};

TEST_F(ManifestTest, ListsAllFilesButTheExcepted) {
  ASSERT_EQ(entries_.size(), 2);
  EXPECT_EQ(entries_[0].name, "items");
  EXPECT_EQ(entries_[0].size, 3);
  EXPECT_EQ(entries_[0].sha256, Sha256("abc"));
  EXPECT_EQ(entries_[1].name, "model/weights");
}

TEST_F(ManifestTest, AcceptsWhatItListed) {
  EXPECT_EQ(Refusal(), "accepted");
}

TEST_F(ManifestTest, NamesAMissingFile) {
  std::filesystem::remove(scratch_ / "model/weights");
  EXPECT_THAT(Refusal(), HasSubstr("model/weights' is missing"));
}

TEST_F(ManifestTest, NamesAFileOfAnotherSize) {
  WriteFileAtomically(scratch_ / "items", "ab");
  EXPECT_THAT(Refusal(), HasSubstr("items' has 2 bytes where its manifest says 3"));
}

TEST_F(ManifestTest, NamesAFileWithAFlippedBit) {
  WriteFileAtomically(scratch_ / "model/weights", "0123456788");
  EXPECT_THAT(Refusal(), HasSubstr("model/weights' is damaged"));
}

TEST_F(ManifestTest, RefusesNamesThatLeaveTheDirectory) {
  for (const std::string name : {"../items", "/etc/passwd", "model/../../items", ""}) {
    entries_ = {{name, 3, Sha256("abc")}};
    EXPECT_THAT(Refusal(), HasSubstr("is not a file inside it")) << name;
  }
}

}  // namespace
}  // namespace shortlist::base
