#include "simt/detector/warp_clocks.h"

#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

class WarpClocksTest : public ::testing::Test {
 protected:
  WarpClocksTest() { clocks_.BeginBlock(64); }

  WarpClocks clocks_;
};

TEST_F(WarpClocksTest, LanesKnowNothingOfEachOtherAtFirst) {
  EXPECT_FALSE(clocks_.Knows(1, 0, clocks_.Now(0)));
}

TEST_F(WarpClocksTest, ASyncwarpTellsTheLanesOfItsMask) {
  const std::uint32_t before = clocks_.Now(33);
  clocks_.Synchronize(1, 0b0110);
  EXPECT_TRUE(clocks_.Knows(34, 33, before));
  EXPECT_FALSE(clocks_.Knows(34, 33, clocks_.Now(33))) << "what lane 1 does afterwards";
  EXPECT_FALSE(clocks_.Knows(35, 33, before)) << "not in the mask";
}

TEST_F(WarpClocksTest, KnowledgeIsPassedOn) {
  const std::uint32_t before = clocks_.Now(0);
  clocks_.Synchronize(0, 0b011);
  clocks_.Synchronize(0, 0b110);
  EXPECT_TRUE(clocks_.Knows(2, 0, before));
}

TEST_F(WarpClocksTest, ABlockBeginsAnew) {
  const std::uint32_t before = clocks_.Now(0);
  clocks_.Synchronize(0, ~0U);
  clocks_.BeginBlock(32);
  EXPECT_FALSE(clocks_.Knows(1, 0, before));
}

}  // namespace
}  // namespace shortlist::simt
