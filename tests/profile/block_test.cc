#include "profile/block.h"

#include <string>

#include <gtest/gtest.h>

namespace shortlist::profile {
namespace {

TEST(BlockTest, IsFoundWhereItIsWhole) {
  const std::string bytes = "heading" + BlockOf("first") + BlockOf("");
  const std::size_t second = 7 + kBlockHeaderBytes + 5;
  EXPECT_EQ(BlockAt(bytes, 7), "first");
  EXPECT_EQ(BlockAt(bytes, second), "");
  EXPECT_FALSE(BlockAt(bytes, 6));
  EXPECT_FALSE(BlockAt(bytes, bytes.size()));
  EXPECT_TRUE(BlockFollows(bytes, 0));
  EXPECT_FALSE(BlockFollows(bytes, second));
}

TEST(BlockTest, NoneIsWholeThatWasCutOffOrChanged) {
  const std::string block = BlockOf("content");
  for (std::size_t length = 0; length < block.size(); ++length) EXPECT_FALSE(BlockAt(block.substr(0, length), 0));
  for (std::size_t place = 0; place < block.size(); ++place) {
    std::string changed = block;
    changed[place] = static_cast<char>(changed[place] ^ 1);
    EXPECT_FALSE(BlockAt(changed, 0)) << place;
  }
}

}  // namespace
}  // namespace shortlist::profile
