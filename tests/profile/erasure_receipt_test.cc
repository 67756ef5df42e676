#include "profile/erasure_receipt.h"

#include <optional>
#include <string>

#include <gtest/gtest.h>
#include <nlohmann/json.hpp>

#include "shortlist/error.h"

namespace shortlist::profile {
namespace {

const ErasureReceipt kReceipt{.erased_at = 1700000000,
                              .events = 12,
                              .decisions = 3,
                              .had_consent = true,
                              .keys_destroyed = true,
                              .files_by = 1700090000,
                              .other_servers_by = 1700090001,
                              .models_by = 1702592000};

class ErasureReceiptTest : public ::testing::Test {
 protected:
  // Why it is refused, if it is.
  std::optional<Code> CodeOf(const std::string& text, const std::string& user = {}) const {
    try {
      VerifiedReceipt(text, key_.PublicPem(), user);
    } catch (const Error& error) {
      return error.code();
    }
    return std::nullopt;
  }

  const base::SigningKey key_{std::string(base::SigningKey::kSeedBytes, 'x')};
  const std::string receipt_ = SignedReceipt(kReceipt, "A100", key_);
};

TEST_F(ErasureReceiptTest, IsVerifiedAndReadBack) {
  EXPECT_EQ(VerifiedReceipt(receipt_, key_.PublicPem()), kReceipt);
  EXPECT_EQ(VerifiedReceipt(receipt_, key_.PublicPem(), "A100"), kReceipt);
  EXPECT_EQ(CodeOf(nlohmann::ordered_json::parse(receipt_).dump()), std::nullopt);  // however it is laid out
}

TEST_F(ErasureReceiptTest, NamesTheShopperOnlyToWhoKnowsTheId) {
  EXPECT_EQ(receipt_.find("A100"), std::string::npos);
  EXPECT_NE(SignedReceipt(kReceipt, "A100", key_), receipt_);  // nor do two receipts tell that they are of one
  EXPECT_EQ(CodeOf(receipt_, "A101"), Code::kDataLoss);
}

TEST_F(ErasureReceiptTest, EveryFieldIsSigned) {
  const auto json = nlohmann::ordered_json::parse(receipt_);
  for (const auto& [name, value] : json.items()) {
    auto changed = json;
    changed[name] = value.is_number() ? nlohmann::ordered_json(value.get<int>() + 1) : nlohmann::ordered_json("00");
    EXPECT_EQ(CodeOf(changed.dump()), Code::kDataLoss) << name;
    changed.erase(name);
    EXPECT_NE(CodeOf(changed.dump()), std::nullopt) << name;
  }
}

TEST_F(ErasureReceiptTest, OfOneServerAloneSaysNothingOfOthers) {
  ErasureReceipt alone = kReceipt;
  alone.other_servers_by = 0;
  const std::string receipt = SignedReceipt(alone, "A100", key_);
  EXPECT_FALSE(nlohmann::ordered_json::parse(receipt).contains("other_servers_by"));
  EXPECT_EQ(VerifiedReceipt(receipt, key_.PublicPem()), alone);
}

TEST_F(ErasureReceiptTest, AnotherKeyOrTextIsRefused) {
  const base::SigningKey other{std::string(base::SigningKey::kSeedBytes, 'y')};
  EXPECT_THROW(VerifiedReceipt(receipt_, other.PublicPem()), Error);
  EXPECT_EQ(CodeOf("{}"), Code::kInvalidArgument);
  EXPECT_EQ(CodeOf("not JSON"), Code::kInvalidArgument);
}

}  // namespace
}  // namespace shortlist::profile
