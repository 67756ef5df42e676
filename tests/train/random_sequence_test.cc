#include "train/random_sequence.h"

#include <algorithm>

#include <gtest/gtest.h>

namespace shortlist::train {
namespace {

TEST(RandomSequence, DependsOnEveryPartOfTheKey) {
  EXPECT_EQ(RandomSequence({1, 2}).Next(), RandomSequence({1, 2}).Next());
  EXPECT_NE(RandomSequence({1, 2}).Next(), RandomSequence({2, 1}).Next());
  EXPECT_NE(RandomSequence({1, 2}).Next(), RandomSequence({1, 3}).Next());
  EXPECT_NE(RandomSequence({1}).Next(), RandomSequence({1, 0}).Next());
}

TEST(RandomSequence, BelowIsUniform) {
  RandomSequence random = {5};
  std::vector<int> counts(7);
  for (int i = 0; i < 70000; ++i) ++counts[random.Below(7)];
  for (const int count : counts) EXPECT_NEAR(count, 10000, 400);
}

TEST(RandomSequence, ShufflesToAnyOrder) {
  std::vector<int> first_place(4);
  for (std::uint64_t seed = 0; seed < 4000; ++seed) {
    std::vector<int> values = {0, 1, 2, 3};
    RandomSequence({seed}).Shuffle(values);
    ++first_place[static_cast<std::size_t>(values[0])];
    std::ranges::sort(values);
    ASSERT_EQ(values, (std::vector<int>{0, 1, 2, 3}));
  }
  for (const int count : first_place) EXPECT_NEAR(count, 1000, 120);
}

}  // namespace
}  // namespace shortlist::train
