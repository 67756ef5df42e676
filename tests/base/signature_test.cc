#include "base/signature.h"

#include <gtest/gtest.h>

#include "base/hexadecimal.h"
#include "shortlist/error.h"

namespace shortlist::base {
namespace {

// RFC 8032, 7.1, test 2.
const std::string kSeed = FromHex("4ccd089b28ff96da9db6c346ec114e0f5b8a319f35aba624da8cf6ed4fb8a6fb");
constexpr const char* kSignature =
    "92a009a9f0d4cab8720e820b5f642540a2b27b5416503f8fb3762223ebdb69da"
    "085ac1e43e15996e458f3613d0f11d8c387b2eaeb4302aeeb00d291612bb0c00";

TEST(SignatureTest, IsEd25519) {
  EXPECT_EQ(SigningKey(kSeed).Sign("\x72"), kSignature);
}

TEST(SignatureTest, BelongsToOneTextAndOneKey) {
  const std::string pem = SigningKey(kSeed).PublicPem();
  EXPECT_TRUE(IsSigned("\x72", kSignature, pem));
  EXPECT_FALSE(IsSigned("\x73", kSignature, pem));
  EXPECT_FALSE(IsSigned("\x72", std::string(kSignature).replace(0, 1, "8"), pem));
  EXPECT_FALSE(IsSigned("\x72", "not hexadecimal", pem));
  EXPECT_FALSE(IsSigned("\x72", kSignature, SigningKey(std::string(SigningKey::kSeedBytes, 'x')).PublicPem()));
}

TEST(SignatureTest, WhatIsNoKeyIsTold) {
  EXPECT_THROW(SigningKey("short"), Error);
  EXPECT_THROW(IsSigned("text", kSignature, "no key"), Error);
}

}  // namespace
}  // namespace shortlist::base
