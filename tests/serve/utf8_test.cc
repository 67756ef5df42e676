#include "serve/utf8.h"

#include <string>

#include <gtest/gtest.h>

namespace shortlist::serve {
namespace {

TEST(ToUtf8, KeepsWellFormedText) {
  for (const std::string text : {"", "plain", "caf\xC3\xA9", "\xE2\x82\xAC 3", "\xF0\x9F\x8E\x81", "\xED\x9F\xBF"}) {
    EXPECT_EQ(ToUtf8(text), text);
  }
}

TEST(ToUtf8, ReplacesEachStrayByte) {
  EXPECT_EQ(ToUtf8("\xA3 5"), "? 5");                     // Latin-1
  EXPECT_EQ(ToUtf8("a\xC3"), "a?");                       // cut off
  EXPECT_EQ(ToUtf8("\xC0\xAF"), "??");                    // overlong
  EXPECT_EQ(ToUtf8("\xED\xA0\x80"), "???");               // surrogate
  EXPECT_EQ(ToUtf8("\xF4\x90\x80\x80"), "????");          // beyond U+10FFFF
  EXPECT_EQ(ToUtf8("\xE2\x82x\xC3\xA9"), "??x\xC3\xA9");  // resumes after a broken character
  EXPECT_EQ(ToUtf8("sixteen letters \xA3, and caf\xC3\xA9"), "sixteen letters ?, and caf\xC3\xA9");
}

}  // namespace
}  // namespace shortlist::serve
