#include "profile/key_file.h"

#include <set>
#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/encryption.h"
#include "base/file.h"
#include "base/file_size_limit.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

class KeyFileTest : public ::testing::Test {
 protected:
  KeyFile Open(const std::string& secret = "secret") const { return {path_, base::SecretKey(secret)}; }

  ScratchDirectory scratch_;
  const std::filesystem::path path_ = scratch_ / "keys";
};

TEST_F(KeyFileTest, KeysAreOfTheFileAndOfTheSecret) {
  std::string key;
  {
    KeyFile keys = Open();
    EXPECT_THROW(keys.Key(0), Error);
    EXPECT_EQ(keys.Take(), 0);
    key = keys.Key(0).value();
    EXPECT_EQ(key.size(), base::kEncryptionKeyBytes);
    EXPECT_EQ(base::ReadFile(path_).find(key), std::string::npos);
  }
  EXPECT_EQ(Open().Key(0), key);
  EXPECT_NE(Open("another").Key(0), key);
}

TEST_F(KeyFileTest, NobodyGetsAKeyOfAnother) {
  std::set<std::uint64_t> numbers;
  std::set<std::string> found;
  for (int openings = 0; openings < 2; ++openings) {
    KeyFile keys = Open();
    for (int taken = 0; taken < 1500; ++taken) {
      const std::uint64_t number = keys.Take();
      EXPECT_TRUE(numbers.insert(number).second);
      EXPECT_TRUE(found.insert(keys.Key(number).value()).second);
    }
  }
}

TEST_F(KeyFileTest, ADestroyedKeyIsGoneForGoodAndTheOthersStay) {
  std::string other;
  {
    KeyFile keys = Open();
    for (int taken = 0; taken < 3; ++taken) keys.Take();
    other = keys.Key(1).value();
    const std::string bytes = base::ReadFile(path_).substr(2 * base::kEncryptionKeyBytes, base::kEncryptionKeyBytes);
    keys.Destroy(std::vector<std::uint64_t>{0, 2});
    EXPECT_EQ(base::ReadFile(path_).find(bytes), std::string::npos);
    EXPECT_EQ(keys.Key(0), std::nullopt);
  }
  KeyFile keys = Open();
  EXPECT_EQ(keys.Key(0), std::nullopt);
  EXPECT_EQ(keys.Key(1), other);
  EXPECT_EQ(keys.Key(2), std::nullopt);
}

TEST_F(KeyFileTest, WhatAKillOrAFullDiskLeftOfNewKeysIsWrittenOver) {
  {
    const FileSizeLimit limit(100);
    KeyFile keys = Open();
    EXPECT_THROW(keys.Take(), Error);
  }
  EXPECT_EQ(std::filesystem::file_size(path_), 100);
  KeyFile keys = Open();
  const std::uint64_t number = keys.Take();
  EXPECT_EQ(Open().Key(number), keys.Key(number));
}

}  // namespace
}  // namespace shortlist::profile
