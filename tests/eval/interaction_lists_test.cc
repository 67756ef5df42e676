#include "eval/interaction_lists.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "eval/fixtures.h"

namespace shortlist::eval {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(InteractionListsTest, ListsTheDistinctItemsOfAllPartsByUser) {
  const PartFixture train({{{3, 0}, {1, 1}, {3, 2}}, {}});
  const PartFixture validation({{{2, 3}, {1, 4}}, {}});
  const IndexLists lists = ItemsByUser({train.get(), validation.get()});
  ASSERT_EQ(lists.rows(), 2U);
  EXPECT_THAT(lists[0], ElementsAre(1, 2, 3));
  EXPECT_THAT(lists[1], IsEmpty());
}

TEST(InteractionListsTest, TransposesToUsersByItem) {
  const PartFixture train({{{2, 0}, {0, 1}}, {{2, 0}}});
  const IndexLists users = Transpose(ItemsByUser({train.get()}), 4);
  ASSERT_EQ(users.rows(), 4U);
  EXPECT_THAT(users[0], ElementsAre(0));
  EXPECT_THAT(users[1], IsEmpty());
  EXPECT_THAT(users[2], ElementsAre(0, 1));
  EXPECT_THAT(users[3], IsEmpty());
}

TEST(InteractionListsTest, CountsBecomeOffsets) {
  std::vector<std::int64_t> offsets = {0, 2, 0, 3};
  CountsToOffsets(offsets);
  EXPECT_THAT(offsets, ElementsAre(0, 2, 2, 5));
}

}  // namespace
}  // namespace shortlist::eval
