#include "eval/exposure.h"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace shortlist::eval {
namespace {

using ::testing::DoubleEq;
using ::testing::Each;
using ::testing::ElementsAre;
using ::testing::SizeIs;

using Places = std::vector<std::int64_t>;

TEST(ExposureTest, CountsTheFirstPlaces) {
  EXPECT_THAT(CountPlaces({{2, 0, 1}, {2}}, 2, 4), ElementsAre(1, 0, 2, 0));
}

TEST(ExposureTest, GiniIsZeroForEqualSharesAndLargeForOneTaker) {
  EXPECT_DOUBLE_EQ(Gini(Places{3, 3, 3, 3}), 0);
  EXPECT_DOUBLE_EQ(Gini(Places{0, 8, 0, 0}), 0.75);
  EXPECT_DOUBLE_EQ(Gini(Places{1, 3}), 0.25);
  EXPECT_DOUBLE_EQ(Gini(Places{0, 0}), 0);
}

TEST(ExposureTest, ConcentrationAddsUpFromTheMostShown) {
  Places places(20, 1);
  places[7] = 21;
  const std::vector<double> shares = Concentration(places);
  ASSERT_THAT(shares, SizeIs(21));
  EXPECT_DOUBLE_EQ(shares[0], 0);
  EXPECT_DOUBLE_EQ(shares[1], 21.0 / 40);
  EXPECT_DOUBLE_EQ(shares[11], 31.0 / 40);
  EXPECT_DOUBLE_EQ(shares[20], 1);
}

TEST(ExposureTest, NothingShownIsNothingTaken) {
  EXPECT_THAT(Concentration(Places(3)), Each(DoubleEq(0)));
}

}  // namespace
}  // namespace shortlist::eval
