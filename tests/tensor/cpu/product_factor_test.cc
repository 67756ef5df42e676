#include "tensor/cpu/product_factor.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

#include "base/settings_kind.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr std::int64_t kRows = 70;
constexpr std::int64_t kColumns = 90;
constexpr std::int64_t kTerms = 100;

std::vector<Precision> Precisions() {
  if (!HasTiles()) return {Precision::kFloat32};
  return {Precision::kFloat32, Precision::kTensorFloat32, Precision::kBfloat16};
}

class ProductFactorTest : public ::testing::TestWithParam<Precision> {
 protected:
  ProductFactorTest() {
    std::mt19937 random(1);
    std::normal_distribution<float> normal;
    for (auto* values : {&a_, &b_, &c_}) std::generate(values->begin(), values->end(), [&] { return normal(random); });
    for (std::int64_t i = 0; i < kRows; ++i) {
      for (std::int64_t k = 0; k < kTerms; ++k) a_transposed_[At(k, i, kRows)] = a_[At(i, k, kTerms)];
    }
    for (std::int64_t k = 0; k < kTerms; ++k) {
      for (std::int64_t j = 0; j < kColumns; ++j) b_transposed_[At(j, k, kTerms)] = b_[At(k, j, kColumns)];
    }
  }

  static std::size_t At(std::int64_t row, std::int64_t column, std::int64_t stride) {
    return static_cast<std::size_t>(row * stride + column);
  }

  // Error that a sum of kTerms products of normal numbers may have.
  static float Tolerance() {
    constexpr float kLargestMagnitude = 300;
    const float relative = GetParam() == Precision::kFloat32         ? 0x1p-20F
                           : GetParam() == Precision::kTensorFloat32 ? 0x1p-15F
                                                                     : 0x1p-7F;
    return kLargestMagnitude * relative;
  }

  // The part of c that stands in rows [row, row + rows) and columns [column, ...) is the product of terms [begin, end).
  void ExpectProduct(const Tile& c, std::int64_t row, std::int64_t column, std::int64_t begin, std::int64_t end) {
    for (std::int64_t i = 0; i < c.rows; ++i) {
      for (std::int64_t j = 0; j < c.columns; ++j) {
        double sum = 0;
        for (std::int64_t k = begin; k < end; ++k) {
          sum += static_cast<double>(a_[At(row + i, k, kTerms)]) * b_[At(k, column + j, kColumns)];
        }
        ASSERT_NEAR(c.data[i * c.stride + j], sum, Tolerance()) << i << ", " << j;
      }
    }
  }

  ConstTile a() const { return {a_.data(), kRows, kTerms, kTerms}; }
  ConstTile b() const { return {b_.data(), kTerms, kColumns, kColumns}; }
  ConstTile a_transposed() const { return {a_transposed_.data(), kTerms, kRows, kRows}; }
  ConstTile b_transposed() const { return {b_transposed_.data(), kColumns, kTerms, kTerms}; }

  std::vector<float> a_ = std::vector<float>(kRows * kTerms);
  std::vector<float> b_ = std::vector<float>(kTerms * kColumns);
  std::vector<float> a_transposed_ = std::vector<float>(kRows * kTerms);
  std::vector<float> b_transposed_ = std::vector<float>(kTerms * kColumns);
  std::vector<float> c_ = std::vector<float>(kRows * kColumns);
};

TEST_P(ProductFactorTest, BothOrientationsOfBothFactors) {
  const ProductFactor left(FactorSide::kLeft, a(), Orientation::kAsStored, GetParam());
  const ProductFactor right(FactorSide::kRight, b(), Orientation::kAsStored, GetParam());
  const ProductFactor left_transposed(FactorSide::kLeft, a_transposed(), Orientation::kTransposed, GetParam());
  const ProductFactor right_transposed(FactorSide::kRight, b_transposed(), Orientation::kTransposed, GetParam());
  const Tile c{c_.data(), kRows, kColumns, kColumns};
  for (const ProductFactor* of_rows : {&left, &left_transposed}) {
    for (const ProductFactor* of_columns : {&right, &right_transposed}) {
      Multiply(of_rows->All(), of_columns->All(), Write::kOverwrite, c);
      ExpectProduct(c, 0, 0, 0, kTerms);
    }
  }
}

TEST_P(ProductFactorTest, BlocksOfRowsColumnsAndTerms) {
  const ProductFactor left(FactorSide::kLeft, a_transposed(), Orientation::kTransposed, GetParam());
  const ProductFactor right(FactorSide::kRight, b(), Orientation::kAsStored, GetParam());
  Multiply(left.Outer(32, kRows), right.Outer(64, kColumns), Write::kOverwrite,
           {c_.data(), kRows - 32, kColumns - 64, kColumns});
  ExpectProduct({c_.data(), kRows - 32, kColumns - 64, kColumns}, 32, 64, 0, kTerms);
  Multiply(left.Terms(32, 96), right.Terms(32, 96), Write::kOverwrite, {c_.data(), kRows, kColumns, kColumns});
  ExpectProduct({c_.data(), kRows, kColumns, kColumns}, 0, 0, 32, 96);
}

TEST_P(ProductFactorTest, TermsAddUpToTheWhole) {
  const ProductFactor left(FactorSide::kLeft, a(), Orientation::kAsStored, GetParam());
  const ProductFactor right(FactorSide::kRight, b_transposed(), Orientation::kTransposed, GetParam());
  const Tile c{c_.data(), kRows, kColumns, kColumns};
  Multiply(left.Terms(0, 64), right.Terms(0, 64), Write::kOverwrite, c);
  Multiply(left.Terms(64, kTerms), right.Terms(64, kTerms), Write::kAdd, c);
  ExpectProduct(c, 0, 0, 0, kTerms);
}

INSTANTIATE_TEST_SUITE_P(EveryPrecision, ProductFactorTest, ::testing::ValuesIn(Precisions()),
                         [](const auto& of) { return std::string(base::NameOf(of.param)); });

}  // namespace
}  // namespace shortlist::tensor::cpu
