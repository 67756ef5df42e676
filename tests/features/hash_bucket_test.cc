#include "features/hash_bucket.h"

#include <set>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "features/fixtures.h"
#include "features/stable_hash.h"

namespace shortlist::features {
namespace {

using ::testing::ElementsAre;

// Bundles hold ids made from these: the values must never change.
TEST(StableHashTest, IsFrozen) {
  EXPECT_EQ(StableHash("", 0), 0x5692161d100b05e5ULL);
  EXPECT_EQ(StableHash("garden", 0), 0x34d7d263e0679213ULL);
  EXPECT_EQ(StableHash("a longer text", 1), 0x56fe496e0ef95e8cULL);
}

TEST(StableHashTest, DependsOnSeedLengthAndEveryByte) {
  EXPECT_NE(StableHash("garden", 0), StableHash("garden", 1));
  EXPECT_NE(StableHash(std::string_view("a\0", 2), 0), StableHash("a", 0));
  EXPECT_NE(StableHash("12345678a", 0), StableHash("12345678b", 0));
}

TEST(HashBucketTest, SpreadsTextsOverAllButTheMissingBucket) {
  const Transform hash = Fit(SettingsOf(TransformKind::kHash, 9), {});
  EXPECT_EQ(Cardinality(hash), 9);
  std::set<std::int32_t> seen;
  for (int i = 0; i < 200; ++i) seen.insert(Ids(hash, Value("text " + std::to_string(i))).front());
  EXPECT_THAT(seen, ElementsAre(1, 2, 3, 4, 5, 6, 7, 8));
}

TEST(HashBucketTest, MissingIsZero) {
  EXPECT_THAT(Ids(Fit(SettingsOf(TransformKind::kHash, 2), {}), Value()), ElementsAre(0));
}

}  // namespace
}  // namespace shortlist::features
