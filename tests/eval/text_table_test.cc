#include "eval/text_table.h"

#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

TEST(TextTableTest, AlignsTheFirstColumnLeftAndOthersRight) {
  EXPECT_EQ(FormatColumns({{"name", "score"}, {"popularity", "1"}, {"knn", "12"}}),
            "name        score\n"
            "popularity      1\n"
            "knn            12\n");
}

TEST(TextTableTest, ShortRowsEndEarly) {
  EXPECT_EQ(FormatColumns({{"a", "b"}, {"longer"}}), "a       b\nlonger\n");
}

TEST(TextTableTest, CharactersCountNotBytes) {
  EXPECT_EQ(FormatColumns({{"a", "b"}, {"1", "2 ±3"}}), "a     b\n1  2 ±3\n");
}

TEST(TextTableTest, NoRowsAreNoText) {
  EXPECT_EQ(FormatColumns({}), "");
}

}  // namespace
}  // namespace shortlist::eval
