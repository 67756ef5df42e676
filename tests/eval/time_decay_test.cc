#include "eval/time_decay.h"

#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

TEST(TimeDecayTest, HalvesAtTheHalfLife) {
  EXPECT_DOUBLE_EQ(TimeDecay(0, 10), 1);
  EXPECT_DOUBLE_EQ(TimeDecay(10 * 86400, 10), 0.5);
  EXPECT_DOUBLE_EQ(TimeDecay(20 * 86400, 10), 0.25);
}

TEST(TimeDecayTest, AHalfLifeOfZeroNeverDecays) {
  EXPECT_EQ(TimeDecay(1'000'000'000, 0), 1);
}

}  // namespace
}  // namespace shortlist::eval
