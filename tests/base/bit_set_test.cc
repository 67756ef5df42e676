#include "base/bit_set.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

BitSet SetOf(std::int64_t size, const std::vector<std::int64_t>& numbers) {
  BitSet set(size);
  for (const std::int64_t number : numbers) set.Insert(number);
  return set;
}

std::vector<std::int64_t> Numbers(const BitSet& set) {
  std::vector<std::int64_t> numbers;
  set.ForEach([&](std::int64_t number) { numbers.push_back(number); });
  return numbers;
}

TEST(BitSetTest, HoldsWhatWasInsertedAndNotErased) {
  BitSet set = SetOf(130, {0, 63, 64, 129});
  set.Erase(63);
  EXPECT_THAT(Numbers(set), ElementsAre(0, 64, 129));
  EXPECT_EQ(set.Count(), 3);
  EXPECT_TRUE(set.Contains(64));
  EXPECT_FALSE(set.Contains(63));
}

TEST(BitSetTest, ContainsNothingOutsideOfItsSize) {
  BitSet set(10);
  set.Complement();
  EXPECT_FALSE(set.Contains(-1));
  EXPECT_FALSE(set.Contains(10));
  EXPECT_FALSE(BitSet().Contains(0));
}

TEST(BitSetTest, ComplementsWithinItsSize) {
  for (const std::int64_t size : {0, 1, 63, 64, 65, 128}) {
    BitSet set(size);
    set.Complement();
    EXPECT_EQ(set.Count(), size);
    set.Complement();
    EXPECT_THAT(Numbers(set), IsEmpty()) << size;
  }
}

TEST(BitSetTest, IntersectsAndUnites) {
  BitSet both = SetOf(100, {1, 70, 99});
  both.Intersect(SetOf(100, {70, 98, 99}));
  EXPECT_THAT(Numbers(both), ElementsAre(70, 99));
  both.Unite(SetOf(100, {2}));
  EXPECT_THAT(Numbers(both), ElementsAre(2, 70, 99));
}

}  // namespace
}  // namespace shortlist::base
