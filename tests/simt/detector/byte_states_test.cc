#include "simt/detector/byte_states.h"

#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

TEST(ByteStatesTest, AreClosedThenOpenThenWrittenThenClosed) {
  ByteStates states(1 << 16);
  EXPECT_EQ(states.OpenPrefix(4096, 4), 0U);
  states.Open(4096, 8192, false);
  EXPECT_EQ(states.OpenPrefix(4096, 8192 + 4), 8192U);
  EXPECT_EQ(states.WrittenPrefix(4096, 4), 0U);
  states.MarkWritten(4096, 3);
  EXPECT_EQ(states.WrittenPrefix(4096, 4), 3U);
  EXPECT_EQ(states.OpenPrefix(4096, 8192), 8192U);
  states.Close(4096, 8192);
  EXPECT_EQ(states.OpenPrefix(4096, 1), 0U);
}

TEST(ByteStatesTest, ForbiddenBytesAreClosedAndRememberThatTheyWereWritten) {
  ByteStates states(1 << 16);
  states.Open(0, 64, false);
  states.MarkWritten(0, 64);
  states.Forbid(32, 32);
  EXPECT_EQ(states.OpenPrefix(0, 64), 32U);
  states.Permit(32, 32);
  EXPECT_EQ(states.OpenPrefix(0, 64), 64U);
  EXPECT_EQ(states.WrittenPrefix(0, 64), 64U);
}

TEST(ByteStatesTest, SharedMemoryStaysSharedWhenWritten) {
  ByteStates states(1 << 16);
  states.Open(0, 64, true);
  states.Open(64, 64, false);
  states.MarkWritten(0, 128);
  EXPECT_TRUE(states.IsShared(63));
  EXPECT_FALSE(states.IsShared(64));
}

}  // namespace
}  // namespace shortlist::simt
