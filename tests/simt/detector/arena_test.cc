#include "simt/detector/arena.h"

#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

char* Bytes(void* data) {
  return static_cast<char*>(data);
}

TEST(ArenaTest, RangesStandApartAndAligned) {
  Arena arena(1 << 20);
  char* const first = Bytes(arena.Reserve(100));
  char* const second = Bytes(arena.Reserve(100));
  EXPECT_EQ(arena.Offset(first) % 256, 0U);
  EXPECT_GE(second - first, 100 + 256);
  EXPECT_TRUE(arena.Contains(first));
  EXPECT_FALSE(arena.Contains(&arena));
}

TEST(ArenaTest, SaysWhereAnAddressLies) {
  Arena arena(1 << 20);
  char* const data = Bytes(arena.Reserve(1000));
  arena.Open(data, 100);
  arena.Open(data + 200, 64);
  EXPECT_EQ(arena.Describe(data - 1), "before all memory in use");
  EXPECT_EQ(arena.Describe(data + 8), "8 bytes into a piece of 100 bytes");
  EXPECT_EQ(arena.Describe(data + 104), "4 bytes behind the end of a piece of 100 bytes");
  EXPECT_EQ(arena.Describe(data + 196), "4 bytes before a piece of 64 bytes");
}

TEST(ArenaTest, KnowsWhatWasClosed) {
  Arena arena(1 << 20);
  char* const data = Bytes(arena.Reserve(1000));
  arena.Open(data, 100);
  EXPECT_FALSE(arena.WasClosed(data));
  arena.Close(data);
  EXPECT_TRUE(arena.WasClosed(data + 99));
  EXPECT_FALSE(arena.WasClosed(data + 100));
  EXPECT_EQ(arena.Describe(data), "0 bytes into a piece of 100 bytes given back");
  arena.Open(data, 50);
  EXPECT_FALSE(arena.WasClosed(data));
}

TEST(ArenaTest, NeverUsesAnAddressTwiceAndIsUsedUp) {
  Arena arena(1 << 20);
  void* const data = arena.Reserve(1 << 19);
  ASSERT_NE(data, nullptr);
  arena.Release(data, 1 << 19);
  EXPECT_EQ(arena.Reserve(1 << 19), nullptr);
  EXPECT_EQ(arena.Reserve(1 << 20), nullptr);
}

}  // namespace
}  // namespace shortlist::simt
