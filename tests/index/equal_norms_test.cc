#include "index/equal_norms.h"

#include <cmath>
#include <numeric>
#include <vector>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "index/made_vectors.h"

namespace shortlist::index {
namespace {

using ::testing::ElementsAre;

double Norm(std::span<const float> vector) {
  return std::sqrt(std::inner_product(vector.begin(), vector.end(), vector.begin(), 0.0));
}

TEST(EqualNormsTest, KeepsTheValuesAndMakesAllNormsTheLargest) {
  const auto vectors = MadeVectors(50, 7, 1);
  const auto wide = WithEqualNorms(vectors, {50, 7}, 10);
  ASSERT_EQ(wide.size(), 500U);
  double largest = 0;
  for (std::int64_t i = 0; i < 50; ++i) largest = std::max(largest, Norm(Row(vectors, 7, i)));
  for (std::int64_t i = 0; i < 50; ++i) {
    const auto row = Row(wide, 10, i);
    EXPECT_TRUE(std::equal(row.begin(), row.begin() + 7, Row(vectors, 7, i).begin()));
    EXPECT_NEAR(Norm(row), largest, 1e-5 * largest);
    EXPECT_EQ(row[8], 0);
    EXPECT_EQ(row[9], 0);
  }
}

TEST(EqualNormsTest, OrdersByDistanceAsByInnerProduct) {
  const auto vectors = MadeVectors(300, 5, 1);
  const auto wide = WithEqualNorms(vectors, {300, 5}, 6);
  const auto query = Row(vectors, 5, 3);
  const auto padded = Padded(query, 6);
  std::int32_t nearest = -1;
  double least = 1e30;
  for (std::int32_t i = 0; i < 300; ++i) {
    double distance = 0;
    for (std::size_t j = 0; j < 6; ++j) distance += std::pow(padded[j] - Row(wide, 6, i)[j], 2);
    if (distance < least) {
      least = distance;
      nearest = i;
    }
  }
  EXPECT_EQ(nearest, TrueBest(vectors, query, 1).front());
}

TEST(EqualNormsTest, KnowsNormsThatAreEqual) {
  EXPECT_TRUE(HaveEqualNorms({}, {0, 3}));
  EXPECT_TRUE(HaveEqualNorms(std::vector<float>{0, 0}, {1, 2}));
  EXPECT_TRUE(HaveEqualNorms(std::vector<float>{0.6F, 0.8F, 0, 1}, {2, 2}));
  EXPECT_FALSE(HaveEqualNorms(std::vector<float>{0.6F, 0.8F, 0, 1.01F}, {2, 2}));
  EXPECT_FALSE(HaveEqualNorms(std::vector<float>{0, 0, 0, 1}, {2, 2}));
}

TEST(EqualNormsTest, NormalizedVectorsGainNothing) {
  EXPECT_THAT(WithEqualNorms(std::vector<float>{1, 0, 0, 1}, {2, 2}, 3), ElementsAre(1, 0, 0, 0, 1, 0));
}

TEST(EqualNormsTest, PadsQueriesWithZeros) {
  EXPECT_THAT(Padded(std::vector<float>{1, 2}, 4), ElementsAre(1, 2, 0, 0));
}

}  // namespace
}  // namespace shortlist::index
