#include "base/digest.h"

#include <string_view>

#include <gtest/gtest.h>

#include "base/file.h"

namespace shortlist::base {
namespace {

TEST(DigestTest, PiecesGiveTheDigestOfTheWhole) {
  const std::string_view text = "the quick brown fox";
  Digest digest;
  digest.Update(text.data(), 4);
  digest.Update(text.data() + 4, 0);
  digest.Update(text.data() + 4, text.size() - 4);
  EXPECT_EQ(digest.Finish(), Sha256(text));
}

// FIPS 180-2, appendix B.1.
TEST(DigestTest, IsThatOfTheStandard) {
  Digest digest;
  digest.Update("abc", 3);
  EXPECT_EQ(digest.Finish(), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
}

}  // namespace
}  // namespace shortlist::base
