#include "profile/keyed_ids.h"

#include <gtest/gtest.h>

namespace shortlist::profile {
namespace {

// printf 'shopper:A100' | openssl dgst -sha256 -hmac 'sixteen bytes at'
TEST(KeyedIdsTest, AreHmacsThatAnybodyWithTheKeyCanMake) {
  const KeyedIds ids(base::SecretKey("sixteen bytes at"));
  EXPECT_EQ(ids.OfShopper("A100"), "shopper:47a0180607a5735a9f12607c950d4717");
  EXPECT_EQ(ids.OfEvent("A100"), "909b83b2220639afcff091e038245b1a");
}

TEST(KeyedIdsTest, ANameIsAName) {
  const KeyedIds ids(base::SecretKey("sixteen bytes at"));
  EXPECT_EQ(ids.OfShopper(ids.OfShopper("A100")), ids.OfShopper("A100"));
  EXPECT_NE(ids.OfShopper("shopper:A100"), "shopper:A100");
  const std::string almost = "shopper:0123456789ABCDEF0123456789ABCDEF";
  EXPECT_NE(ids.OfShopper(almost), almost);
}

TEST(KeyedIdsTest, AnErasedShopperHasNotTheName) {
  const KeyedIds ids(base::SecretKey("sixteen bytes at"));
  const std::string name = ids.OfShopper("A100");
  EXPECT_EQ(name.find(ids.OfErased(name)), std::string::npos);
  EXPECT_NE(ids.OfErased(name), ids.OfErased(ids.OfShopper("A101")));
}

TEST(KeyedIdsTest, ReceiptsAreSignedWithAKeyOfTheirOwn) {
  const KeyedIds ids(base::SecretKey("sixteen bytes at"));
  EXPECT_EQ(ids.ReceiptKey().PublicPem(), KeyedIds(base::SecretKey("sixteen bytes at")).ReceiptKey().PublicPem());
  EXPECT_NE(ids.ReceiptKey().PublicPem(), KeyedIds(base::SecretKey("sixteen other by")).ReceiptKey().PublicPem());
}

}  // namespace
}  // namespace shortlist::profile
