#include "base/sealed_json.h"

#include <filesystem>
#include <fstream>
#include <string>

#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "base/file.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

using ::testing::HasSubstr;

class SealedJsonTest : public ::testing::Test {
 protected:
  void SetUp() override { Write(SealJson("{\n  \"version\": 1\n}\n")); }

  void Write(const std::string& text) const { std::ofstream(path_, std::ios::binary) << text; }

  Code ReadFailure() const {
    try {
      ReadSealedJson(path_);
    } catch (const Error& error) {
      EXPECT_THAT(error.what(), HasSubstr(path_.string()));
      return error.code();
    }
    return Code{};
  }

  const ScratchDirectory folder_;
  const std::filesystem::path path_ = folder_ / "sealed.json";
};

TEST_F(SealedJsonTest, ReadsBackAsTheSameObjectWithADigest) {
  const auto json = nlohmann::json::parse(ReadSealedJson(path_));
  EXPECT_EQ(json.at("version"), 1);
  EXPECT_EQ(json.at("sha256"), Sha256("{\n  \"version\": 1"));
}

TEST_F(SealedJsonTest, EveryFlippedByteIsFound) {
  const std::string text = ReadFile(path_);
  for (std::size_t i = 0; i < text.size(); ++i) {
    std::string damaged = text;
    damaged[i] = static_cast<char>(damaged[i] ^ 1);
    Write(damaged);
    ASSERT_EQ(ReadFailure(), Code::kDataLoss) << "byte " << i;
  }
}

TEST_F(SealedJsonTest, EveryTruncationAndAnAddedByteAreFound) {
  const std::string text = ReadFile(path_);
  for (std::size_t size = 0; size < text.size(); ++size) {
    Write(text.substr(0, size));
    ASSERT_EQ(ReadFailure(), Code::kDataLoss) << size << " bytes";
  }
  Write(text + "\n");
  EXPECT_EQ(ReadFailure(), Code::kDataLoss);
}

TEST_F(SealedJsonTest, AMissingFileIsNotFound) {
  std::filesystem::remove(path_);
  EXPECT_EQ(ReadFailure(), Code::kNotFound);
}

TEST(SealJsonTest, RefusesWhatIsNotAnObjectWithAField) {
  for (const std::string text : {"", "  ", "}", "{}", "[1]", "{ }\n"}) EXPECT_THROW(SealJson(text), Error) << text;
}

}  // namespace
}  // namespace shortlist::base
