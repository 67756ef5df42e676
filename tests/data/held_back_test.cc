#include "data/held_back.h"

#include <algorithm>
#include <string>

#include <gtest/gtest.h>

namespace shortlist::data {
namespace {

IdTable Ids(const std::string& prefix, int count) {
  IdTable ids;
  for (int i = 0; i < count; ++i) ids.Intern(prefix + std::to_string(i));
  return ids;
}

TEST(HeldBack, TakesTheShareThatIsAskedFor) {
  SplitSettings settings;
  settings.new_user_share = 0.1;
  settings.new_item_share = 0.3;
  const HeldBack held = ChooseHeldBack(settings, Ids("u", 10000), Ids("i", 10000));
  EXPECT_NEAR(std::ranges::count(held.users, true), 1000, 100);
  EXPECT_NEAR(std::ranges::count(held.items, true), 3000, 150);
}

TEST(HeldBack, DependsOnTheIdAlone) {
  SplitSettings settings;
  settings.new_item_share = 0.5;
  IdTable reversed;
  for (int i = 99; i >= 0; --i) reversed.Intern("i" + std::to_string(i));
  const HeldBack one = ChooseHeldBack(settings, {}, Ids("i", 100));
  const HeldBack other = ChooseHeldBack(settings, {}, reversed);
  for (std::uint32_t i = 0; i < 100; ++i) EXPECT_EQ(one.Item(i), other.Item(99 - i)) << i;
}

TEST(HeldBack, NobodyByDefault) {
  const HeldBack held = ChooseHeldBack({}, Ids("u", 10), Ids("i", 10));
  EXPECT_FALSE(held.User(3));
  EXPECT_FALSE(held.Item(3));
}

}  // namespace
}  // namespace shortlist::data
