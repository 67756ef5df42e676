#include "base/encryption.h"

#include <gtest/gtest.h>

#include "base/hexadecimal.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

const std::string kKey(kEncryptionKeyBytes, 'k');

TEST(EncryptionTest, IsReadBackWithTheKeyAtThePlace) {
  for (const std::string& text : {std::string("what ann did"), std::string(), std::string(100000, 'x')}) {
    EXPECT_EQ(Decrypt(Encrypt(text, kKey, "7"), kKey, "7"), text);
  }
}

TEST(EncryptionTest, IsNotReadWithAnotherKeyOrAtAnotherPlace) {
  const std::string bytes = Encrypt("what ann did", kKey, "7");
  EXPECT_EQ(Decrypt(bytes, std::string(kEncryptionKeyBytes, 'l'), "7"), std::nullopt);
  EXPECT_EQ(Decrypt(bytes, kKey, "8"), std::nullopt);
}

TEST(EncryptionTest, AnyChangeIsNoticed) {
  const std::string bytes = Encrypt("what ann did", kKey, "7");
  for (std::size_t place = 0; place < bytes.size(); ++place) {
    std::string changed = bytes;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    EXPECT_EQ(Decrypt(changed, kKey, "7"), std::nullopt) << place;
    EXPECT_EQ(Decrypt(bytes.substr(0, place), kKey, "7"), std::nullopt) << place;
  }
}

TEST(EncryptionTest, TheSameTextIsOtherBytesEachTime) {
  const std::string bytes = Encrypt("what ann did", kKey, "7");
  EXPECT_NE(Encrypt("what ann did", kKey, "7"), bytes);
  EXPECT_EQ(bytes.find("ann"), std::string::npos);
}

// By another implementation: Python's `cryptography`, AESGCM(b"k" * 32).encrypt(b"n" * 12, b"what ann did", b"7").
TEST(EncryptionTest, IsTheStandardsAlgorithm) {
  const std::string sealed = FromHex("ef5386c431d5ebb76c406220b7c389fc9d4bf78512ca09d9d89b3a57");
  EXPECT_EQ(Decrypt(std::string(12, 'n') + sealed, kKey, "7"), "what ann did");
}

TEST(EncryptionTest, AKeyOfAnotherLengthIsRefused) {
  EXPECT_THROW(Encrypt("text", "short", ""), Error);
  EXPECT_THROW(Decrypt("text", "short", ""), Error);
}

}  // namespace
}  // namespace shortlist::base
