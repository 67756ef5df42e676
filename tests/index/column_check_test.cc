#include "index/column_check.h"

#include <string>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::index {
namespace {

TEST(ColumnCheckTest, NamesTheIdThatRepeats) {
  EXPECT_NO_THROW(RequireDistinct({"a", "b"}, "item id"));
  try {
    RequireDistinct({"a", "b", "a"}, "item id");
    ADD_FAILURE() << "a repeated id was taken";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kInvalidArgument);
    EXPECT_THAT(error.what(), ::testing::HasSubstr("item id 'a'"));
  }
}

TEST(ColumnCheckTest, KnowsRows) {
  EXPECT_TRUE(AreRows({}, 0));
  EXPECT_TRUE(AreRows(std::vector<std::int32_t>{0, 2}, 3));
  EXPECT_FALSE(AreRows(std::vector<std::int32_t>{0, 3}, 3));
  EXPECT_FALSE(AreRows(std::vector<std::int32_t>{-1}, 3));
}

TEST(ColumnCheckTest, KnowsOffsets) {
  EXPECT_TRUE(AreOffsets(std::vector<std::int64_t>{0}, 0));
  EXPECT_TRUE(AreOffsets(std::vector<std::int64_t>{0, 2, 2, 5}, 5));
  EXPECT_FALSE(AreOffsets({}, 0));
  EXPECT_FALSE(AreOffsets(std::vector<std::int64_t>{1, 5}, 5));
  EXPECT_FALSE(AreOffsets(std::vector<std::int64_t>{0, 4}, 5));
  EXPECT_FALSE(AreOffsets(std::vector<std::int64_t>{0, 6, 5}, 5));
}

}  // namespace
}  // namespace shortlist::index
