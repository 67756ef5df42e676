#include "base/hexadecimal.h"

#include <string_view>

#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

constexpr std::string_view kBytes("\x00\x7f\xff", 3);

TEST(HexadecimalTest, IsReadBack) {
  EXPECT_EQ(ToHex(kBytes), "007fff");
  EXPECT_EQ(FromHex("007fff"), kBytes);
}

TEST(HexadecimalTest, OtherTextsStandForNoBytes) {
  for (const char* text : {"007ff", "007FFF", "0x7fff"}) EXPECT_EQ(FromHex(text), "") << text;
}

}  // namespace
}  // namespace shortlist::base
