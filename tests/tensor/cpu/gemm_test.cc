#include "tensor/cpu/gemm.h"

#include <limits>
#include <vector>

#include <gmock/gmock.h>

namespace shortlist::tensor::cpu {
namespace {

using ::testing::ElementsAre;

const std::vector<float> kA{1, 2, 3, 4, 5, 6};    // [2, 3]
const std::vector<float> kB{1, 0, 2, -1, 0, 1};   // [3, 2]
const std::vector<float> kBt{1, 2, 0, 0, -1, 1};  // [2, 3]
const std::vector<float> kAt{1, 4, 2, 5, 3, 6};   // [3, 2]

TEST(GemmTest, ThreeOrientationsOfOneProduct) {
  std::vector<float> c(4);
  Multiply(1, {kA.data(), 2, 3, 3}, {kB.data(), 3, 2, 2}, 0, {c.data(), 2, 2, 2});
  EXPECT_THAT(c, ElementsAre(5, 1, 14, 1));
  MultiplyTransposedB(2, {kA.data(), 2, 3, 3}, {kBt.data(), 2, 3, 3}, 0, {c.data(), 2, 2, 2});
  EXPECT_THAT(c, ElementsAre(10, 2, 28, 2));
  MultiplyTransposedA(1, {kAt.data(), 3, 2, 2}, {kB.data(), 3, 2, 2}, 1, {c.data(), 2, 2, 2});
  EXPECT_THAT(c, ElementsAre(15, 3, 42, 3));
}

TEST(GemmTest, BetaZeroOverwritesNan) {
  std::vector<float> c(4, std::numeric_limits<float>::quiet_NaN());
  Multiply(1, {kA.data(), 2, 3, 3}, {kB.data(), 3, 2, 2}, 0, {c.data(), 2, 2, 2});
  EXPECT_THAT(c, ElementsAre(5, 1, 14, 1));
}

TEST(GemmTest, StridesLeaveTheRestAlone) {
  std::vector<float> c(6, -1);
  Multiply(1, {kA.data(), 2, 1, 3}, {kB.data(), 1, 2, 2}, 0, {c.data(), 2, 2, 3});
  EXPECT_THAT(c, ElementsAre(1, 0, -1, 4, 0, -1));
}

TEST(GemmTest, EmptyExtents) {
  std::vector<float> c(4, 3);
  Multiply(1, {nullptr, 2, 0, 0}, {nullptr, 0, 2, 2}, 0, {c.data(), 2, 2, 2});
  EXPECT_THAT(c, ElementsAre(0, 0, 0, 0));
  Multiply(1, {nullptr, 0, 3, 3}, {kB.data(), 3, 2, 2}, 0, {nullptr, 0, 2, 2});
}

}  // namespace
}  // namespace shortlist::tensor::cpu
