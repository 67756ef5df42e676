#include "data/cell_text.h"

#include <gtest/gtest.h>

namespace shortlist::data {
namespace {

TEST(CleanIdTest, TrimsAndRaisesAsciiLetters) {
  std::string storage;
  EXPECT_EQ(CleanId(" 15056bl\t", storage), "15056BL");
  EXPECT_EQ(CleanId("na\xC3\xAFve", storage), "NA\xC3\xAFVE");
  EXPECT_EQ(CleanId("  ", storage), "");
}

TEST(IsUtf8Test, AcceptsWellFormedText) {
  EXPECT_TRUE(IsUtf8(""));
  EXPECT_TRUE(IsUtf8("plain"));
  EXPECT_TRUE(IsUtf8("\xC3\xBC \xE2\x82\xAC \xF0\x9F\x98\x80"));
  EXPECT_TRUE(IsUtf8("\xF4\x8F\xBF\xBF"));
}

TEST(IsUtf8Test, RefusesWhatRfc3629Refuses) {
  for (const char* text : {"\x80", "\xC3", "\xC3(", "\xC0\xAF", "\xE0\x80\xAF", "\xED\xA0\x80", "\xF4\x90\x80\x80",
                           "\xF8\x88\x80\x80\x80", "\xFF", "abc\xE2\x82"}) {
    EXPECT_FALSE(IsUtf8(text));
  }
}

TEST(ExcerptTest, ShortensLongCells) {
  EXPECT_EQ(Excerpt("short"), "short");
  EXPECT_EQ(Excerpt(std::string(100, 'x')), std::string(40, 'x') + "...");
}

}  // namespace
}  // namespace shortlist::data
