#include "linear/dense_algebra.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::linear {
namespace {

std::vector<float> RandomValues(std::size_t count, unsigned seed) {
  std::mt19937 random(seed);
  std::vector<float> values(count);
  for (float& value : values) value = static_cast<float>(random() % 2001) / 1000 - 1;
  return values;
}

// B B' / rows + I, whole.
std::vector<float> RandomPositiveDefinite(std::size_t rows, unsigned seed) {
  const std::vector<float> factor = RandomValues(rows * rows, seed);
  std::vector<float> matrix(rows * rows);
  for (std::size_t i = 0; i < rows; ++i) {
    for (std::size_t j = 0; j <= i; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < rows; ++k) sum += double{factor[i * rows + k]} * factor[j * rows + k];
      matrix[i * rows + j] = matrix[j * rows + i] =
          static_cast<float>(sum / static_cast<double>(rows) + (i == j ? 1 : 0));
    }
  }
  return matrix;
}

double LargestDistanceFromIdentity(const std::vector<float>& a, const std::vector<float>& b, std::size_t rows) {
  double largest = 0;
  for (std::size_t i = 0; i < rows; ++i) {
    std::vector<double> row(rows);
    for (std::size_t k = 0; k < rows; ++k) {
      for (std::size_t j = 0; j < rows; ++j) row[j] += double{a[i * rows + k]} * b[k * rows + j];
    }
    for (std::size_t j = 0; j < rows; ++j) largest = std::max(largest, std::abs(row[j] - (i == j ? 1 : 0)));
  }
  return largest;
}

class InvertPositiveDefiniteTest : public ::testing::TestWithParam<std::size_t> {
 protected:
  base::ThreadPool pool_{2};
};

TEST_P(InvertPositiveDefiniteTest, TheProductWithTheInverseIsTheIdentity) {
  const std::size_t rows = GetParam();
  const std::vector<float> matrix = RandomPositiveDefinite(rows, 1);
  std::vector<float> inverse = matrix;
  InvertPositiveDefinite(inverse, static_cast<std::int64_t>(rows), pool_);
  EXPECT_LT(LargestDistanceFromIdentity(matrix, inverse, rows), 1e-5);
}

// One row; one block of pivots; several, the last of them narrow; a multiple of a task's rows.
INSTANTIATE_TEST_SUITE_P(Sizes, InvertPositiveDefiniteTest, ::testing::Values(1, 60, 512, 801));

TEST_F(InvertPositiveDefiniteTest, OnlyTheLowerTriangleIsRead) {
  std::vector<float> whole = RandomPositiveDefinite(500, 2);
  std::vector<float> lower = whole;
  for (std::size_t i = 0; i < 500; ++i) {
    for (std::size_t j = i + 1; j < 500; ++j) lower[i * 500 + j] = NAN;
  }
  InvertPositiveDefinite(whole, 500, pool_);
  InvertPositiveDefinite(lower, 500, pool_);
  EXPECT_EQ(whole, lower);
}

TEST_F(InvertPositiveDefiniteTest, TheNumberOfThreadsDoesNotMatter) {
  std::vector<float> alone = RandomPositiveDefinite(700, 3);
  std::vector<float> together = alone;
  base::ThreadPool one(1);
  base::ThreadPool three(3);
  InvertPositiveDefinite(alone, 700, one);
  InvertPositiveDefinite(together, 700, three);
  EXPECT_EQ(alone, together);
}

TEST_F(InvertPositiveDefiniteTest, RefusesAMatrixThatIsNotPositiveDefinite) {
  std::vector<float> matrix = {1, 2, 2, 1};
  EXPECT_THROW(InvertPositiveDefinite(matrix, 2, pool_), Error);
}

TEST(AddOuterProductsTest, AddsToTheLowerTriangle) {
  const std::vector<float> rows = {1, 2, 3, 4};
  std::vector<float> gram = {100, 7, 200, 300};
  AddOuterProducts(rows, 2, gram);
  EXPECT_EQ(gram, (std::vector<float>{110, 7, 214, 320}));
  AddOuterProducts({}, 2, gram);
  EXPECT_EQ(gram, (std::vector<float>{110, 7, 214, 320}));
}

TEST(DiagonalizeTest, AxesStretchedByTheirValuesAreTheMatrix) {
  constexpr std::size_t kRows = 7;
  const std::vector<float> matrix = RandomPositiveDefinite(kRows, 4);
  std::vector<float> axes = matrix;
  const std::vector<float> values = Diagonalize(axes, kRows);
  EXPECT_TRUE(std::ranges::is_sorted(values));
  for (std::size_t i = 0; i < kRows; ++i) {
    for (std::size_t j = 0; j < kRows; ++j) {
      double sum = 0;
      for (std::size_t k = 0; k < kRows; ++k) sum += double{values[k]} * axes[k * kRows + i] * axes[k * kRows + j];
      EXPECT_NEAR(sum, matrix[i * kRows + j], 1e-5);
    }
  }
}

TEST(DiagonalizeTest, RefusesWhatIsNotFinite) {
  std::vector<float> matrix = {1, 0, NAN, 1};
  EXPECT_THROW(Diagonalize(matrix, 2), Error);
}

}  // namespace
}  // namespace shortlist::linear
