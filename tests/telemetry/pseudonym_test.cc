#include "telemetry/pseudonym.h"

#include <string>

#include <gtest/gtest.h>

#include "base/file.h"
#include "base/scratch_directory.h"

namespace shortlist::telemetry {
namespace {

// RFC 4231, test case 2.
TEST(Pseudonyms, AreTheStartOfHmacSha256) {
  EXPECT_EQ(Pseudonyms(base::SecretKey("Jefe")).Of("what do ya want for nothing?"), "5bdcc146bf60754e");
}

TEST(Pseudonyms, AreTheSameUnderTheSameKeyOnly) {
  const ScratchDirectory scratch;
  const std::string path = scratch / "key";
  base::WriteFileAtomically(path, "0123456789abcdef\n");
  const Pseudonyms first = Pseudonyms::FromFile(path);
  EXPECT_EQ(first.Of("user-1"), Pseudonyms(base::SecretKey("0123456789abcdef")).Of("user-1"));
  EXPECT_NE(first.Of("user-1"), first.Of("user-2"));
  EXPECT_NE(Pseudonyms::FromFile("").Of("user-1"), Pseudonyms::FromFile("").Of("user-1"));
}

}  // namespace
}  // namespace shortlist::telemetry
