#include "base/secret_key.h"

#include <array>
#include <latch>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "base/file.h"
#include "base/hexadecimal.h"
#include "base/scratch_directory.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

using ::testing::Each;
using ::testing::HasSubstr;
using ::testing::Not;

// RFC 4231, test case 2.
TEST(SecretKeyTest, DigestsAreHmacSha256) {
  const SecretKey key("Jefe");
  EXPECT_EQ(ToHex(key.Digest("what do ya want for nothing?")),
            "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843");
  EXPECT_EQ(key.HexDigest("what do ya want for nothing?", 6), "5bdcc1");
}

TEST(SecretKeyTest, AFileThatIsMissingIsMadeOnceForItsOwnerAlone) {
  const ScratchDirectory scratch;
  const std::filesystem::path path = scratch / "key";
  EXPECT_THROW(SecretKey::FromFile(path), Error);
  const SecretKey key = SecretKey::FromFileOrNew(path);
  EXPECT_EQ(key.Digest("x"), SecretKey::FromFileOrNew(path).Digest("x"));
  EXPECT_NE(key.Digest("x"), SecretKey::FromFileOrNew(scratch / "other").Digest("x"));
  EXPECT_EQ(std::filesystem::status(path).permissions(), std::filesystem::perms(0600));
  EXPECT_EQ(std::filesystem::file_size(path), 65);
}

TEST(SecretKeyTest, AShortKeyIsRefusedWithoutQuotingIt) {
  const ScratchDirectory scratch;
  WriteFileAtomically(scratch / "key", "tiny-secret\n");
  try {
    SecretKey::FromFileOrNew(scratch / "key");
    FAIL();
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    EXPECT_THAT(error.what(), HasSubstr("has 11 bytes"));
    EXPECT_THAT(error.what(), Not(HasSubstr("tiny-secret")));
  }
}

TEST(SecretKeyTest, AllWhoFindNoFileGetOneKey) {
  constexpr int kAtOnce = 8;
  for (int round = 0; round < 20; ++round) {
    const ScratchDirectory scratch;
    std::array<std::string, kAtOnce> digests;
    std::latch start(kAtOnce);
    {
      std::vector<std::jthread> openers;
      for (std::string& digest : digests) {
        openers.emplace_back([&] {
          start.arrive_and_wait();
          digest = SecretKey::FromFileOrNew(scratch / "key").Digest("text");
        });
      }
    }
    EXPECT_THAT(digests, Each(SecretKey::FromFile(scratch / "key").Digest("text")));
  }
}

}  // namespace
}  // namespace shortlist::base
