#include "tensor/cpu/tile_factor.h"

#include <cmath>
#include <limits>
#include <random>
#include <vector>

#include <gmock/gmock.h>

namespace shortlist::tensor::cpu {
namespace {

class TileFactorTest : public ::testing::Test {
 protected:
  void SetUp() override {
    if (!HasTiles()) GTEST_SKIP() << "this processor has no tiles";
  }
};

struct Shape {
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t terms;
};

// Not multiples of tiles, panels and blocks, and some that are.
const std::vector<Shape> kShapes = {{1, 1, 1},     {16, 16, 32},  {32, 32, 64},   {17, 33, 31},
                                    {31, 65, 129}, {40, 300, 70}, {257, 31, 515}, {90, 600, 1030}};

std::vector<float> Draw(std::int64_t size, unsigned seed) {
  std::mt19937 random(seed);
  std::normal_distribution<float> normal;
  std::vector<float> values(static_cast<std::size_t>(size));
  for (float& value : values) value = normal(random);
  return values;
}

// A matrix with more columns than are used, so that what lies beside is seen if it is touched.
struct Stored {
  Stored(std::int64_t all_rows, std::int64_t used_columns, unsigned seed)
      : rows(all_rows), columns(used_columns), stride(used_columns + 5), values(Draw(all_rows * stride, seed)) {}
  ConstTile Read() const { return {values.data(), rows, columns, stride}; }
  Tile Written() { return {values.data(), rows, columns, stride}; }
  float At(std::int64_t r, std::int64_t c) const { return values[static_cast<std::size_t>(r * stride + c)]; }

  std::int64_t rows;
  std::int64_t columns;
  std::int64_t stride;
  std::vector<float> values;
};

// c (+)= a * b of whole factors.
void Multiply(TileParts parts, ConstTile a, bool a_transposed, ConstTile b, bool b_transposed, Write write,
              const Tile& c) {
  const std::int64_t terms = a_transposed ? a.rows : a.columns;
  TileProduct(TileFactor(FactorSide::kLeft, a, a_transposed, parts), {0, c.rows, 0, terms},
              TileFactor(FactorSide::kRight, b, b_transposed, parts), {0, c.columns, 0, terms}, write, c);
}

// The largest error of an element, as a share of the sum of its terms' magnitudes.
double LargestError(TileParts parts, const Shape& shape, bool a_transposed, bool b_transposed, Write write) {
  const Stored a = a_transposed ? Stored(shape.terms, shape.rows, 1) : Stored(shape.rows, shape.terms, 1);
  const Stored b = b_transposed ? Stored(shape.columns, shape.terms, 2) : Stored(shape.terms, shape.columns, 2);
  Stored c(shape.rows, shape.columns, 3);
  const Stored before = c;
  Multiply(parts, a.Read(), a_transposed, b.Read(), b_transposed, write, c.Written());
  double largest = 0;
  for (std::int64_t i = 0; i < shape.rows; ++i) {
    for (std::int64_t j = 0; j < c.stride; ++j) {
      if (j >= shape.columns) {
        EXPECT_EQ(c.At(i, j), before.At(i, j)) << "beside the product";
        continue;
      }
      double sum = write == Write::kAdd ? before.At(i, j) : 0;
      double magnitude = std::abs(sum);
      for (std::int64_t k = 0; k < shape.terms; ++k) {
        const double left = a_transposed ? a.At(k, i) : a.At(i, k);
        const double right = b_transposed ? b.At(j, k) : b.At(k, j);
        sum += left * right;
        magnitude += std::abs(left * right);
      }
      largest = std::max(largest, std::abs(c.At(i, j) - sum) / magnitude);
    }
  }
  return largest;
}

TEST_F(TileFactorTest, PartsSayHowMuchOfTheFactorsIsRead) {
  for (const Shape& shape : kShapes) {
    for (const bool a_transposed : {false, true}) {
      for (const bool b_transposed : {false, true}) {
        SCOPED_TRACE(::testing::Message() << shape.rows << " x " << shape.columns << " x " << shape.terms << ", "
                                          << a_transposed << b_transposed);
        EXPECT_LT(LargestError(TileParts::kOne, shape, a_transposed, b_transposed, Write::kOverwrite), 0x1p-7);
        EXPECT_LT(LargestError(TileParts::kTwo, shape, a_transposed, b_transposed, Write::kOverwrite), 0x1p-15);
        EXPECT_LT(LargestError(TileParts::kOne, shape, a_transposed, b_transposed, Write::kAdd), 0x1p-7);
        EXPECT_LT(LargestError(TileParts::kTwo, shape, a_transposed, b_transposed, Write::kAdd), 0x1p-15);
      }
    }
  }
}

// 1 + 2^-12 has 13 bits: one part leaves 1 of it, two leave it whole.
TEST_F(TileFactorTest, TheSecondPartIsWhatTheFirstLost) {
  const std::vector<float> values(16 * 32, 1 + 0x1p-12F);
  const ConstTile tile{values.data(), 16, 32, 32};
  std::vector<float> c(16 * 16);
  Multiply(TileParts::kOne, tile, false, tile, true, Write::kOverwrite, {c.data(), 16, 16, 16});
  EXPECT_THAT(c, ::testing::Each(32.0F));
  Multiply(TileParts::kTwo, tile, false, tile, true, Write::kOverwrite, {c.data(), 16, 16, 16});
  EXPECT_THAT(c, ::testing::Each(32 * (1 + 0x1p-11F)));
}

TEST_F(TileFactorTest, NothingIsLeftOfWhatIsOverwritten) {
  const std::vector<float> ones(16 * 32, 1);
  std::vector<float> c(16 * 16, std::numeric_limits<float>::quiet_NaN());
  Multiply(TileParts::kTwo, {ones.data(), 16, 32, 32}, false, {ones.data(), 16, 32, 32}, true, Write::kOverwrite,
           {c.data(), 16, 16, 16});
  EXPECT_THAT(c, ::testing::Each(32.0F));
}

// Equal items have equal scores wherever they stand in the catalog, so that ties stay ties.
TEST_F(TileFactorTest, AnElementDependsOnItsRowAndColumnAlone) {
  std::vector<float> a = Draw(70 * 64, 1);
  std::copy_n(a.begin(), 64, a.end() - 64);
  const std::vector<float> b = Draw(50 * 64, 2);
  std::vector<float> c(70 * 50);
  Multiply(TileParts::kTwo, {a.data(), 70, 64, 64}, false, {b.data(), 50, 64, 64}, true, Write::kOverwrite,
           {c.data(), 70, 50, 50});
  EXPECT_EQ(std::vector<float>(c.begin(), c.begin() + 50), std::vector<float>(c.end() - 50, c.end()));
}

TEST_F(TileFactorTest, WhatIsNotANumberStaysNone) {
  std::vector<float> a(16 * 32, 1);
  a[33] = std::numeric_limits<float>::infinity();
  std::vector<float> c(16 * 16);
  Multiply(TileParts::kTwo, {a.data(), 16, 32, 32}, false, {a.data(), 16, 32, 32}, true, Write::kOverwrite,
           {c.data(), 16, 16, 16});
  EXPECT_FALSE(std::isfinite(c[16]));
  EXPECT_EQ(c[0], 32);
}

}  // namespace
}  // namespace shortlist::tensor::cpu
