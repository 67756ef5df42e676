#include "config/nearest_name.h"

#include <array>
#include <string>
#include <string_view>

#include <gtest/gtest.h>

namespace shortlist::config {
namespace {

TEST(NearestNameTest, CountsEdits) {
  EXPECT_EQ(EditDistance("", ""), 0);
  EXPECT_EQ(EditDistance("seed", "seed"), 0);
  EXPECT_EQ(EditDistance("", "abc"), 3);
  EXPECT_EQ(EditDistance("sed", "seed"), 1);
  EXPECT_EQ(EditDistance("seeds", "seed"), 1);
  EXPECT_EQ(EditDistance("sead", "seed"), 1);
  EXPECT_EQ(EditDistance("sede", "seed"), 1);
  EXPECT_EQ(EditDistance("kitten", "sitting"), 3);
}

TEST(NearestNameTest, SuggestsTheNearestOrListsAll) {
  constexpr std::array<std::string_view, 3> kNames = {"mean", "position_decay", "time_decay"};
  EXPECT_EQ(SuggestName("postion_decay", kNames), "did you mean 'position_decay'?");
  EXPECT_EQ(SuggestName("time-decay", kNames), "did you mean 'time_decay'?");
  EXPECT_EQ(SuggestName("zzzzzzzz", kNames), "valid are mean, position_decay, time_decay");
  EXPECT_EQ(SuggestName(std::string(1 << 20, 'x'), kNames), "valid are mean, position_decay, time_decay");
}

}  // namespace
}  // namespace shortlist::config
