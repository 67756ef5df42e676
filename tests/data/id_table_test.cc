#include "data/id_table.h"

#include <gtest/gtest.h>

namespace shortlist::data {
namespace {

TEST(IdTableTest, NumbersTextsByFirstAppearance) {
  IdTable table;
  EXPECT_EQ(table.Intern("b"), 0U);
  EXPECT_EQ(table.Intern("a"), 1U);
  EXPECT_EQ(table.Intern("b"), 0U);
  EXPECT_EQ(table.size(), 2U);
  EXPECT_EQ(table.Text(1), "a");
}

TEST(IdTableTest, FindsOnlyWhatWasInterned) {
  IdTable table;
  table.Intern("a");
  EXPECT_EQ(table.Find("a"), 0U);
  EXPECT_EQ(table.Find("A"), IdTable::kNone);
}

TEST(IdTableTest, TextsStayWhileTheTableGrows) {
  IdTable table;
  const std::string& first = table.Text(table.Intern("first"));
  for (int i = 0; i < 10'000; ++i) table.Intern(std::to_string(i));
  EXPECT_EQ(first, "first");
  EXPECT_EQ(table.Text(table.Find("7777")), "7777");
}

TEST(IdTableTest, FetchingAheadAnswersNothingAndChangesNothing) {
  IdTable table;
  for (int i = 0; i < 1'000; ++i) {
    table.FetchPlace(std::to_string(i + 2));
    table.FetchText(std::to_string(i + 1));
    EXPECT_EQ(table.Intern(std::to_string(i)), static_cast<std::uint32_t>(i));
  }
  EXPECT_EQ(table.size(), 1'000U);
  EXPECT_EQ(table.Find("1000"), IdTable::kNone);
}

}  // namespace
}  // namespace shortlist::data
