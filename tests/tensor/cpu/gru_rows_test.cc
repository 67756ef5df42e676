#include "tensor/cpu/gru_rows.h"

#include <cmath>
#include <vector>

#include "tensor/cpu/instruction_sets.h"

namespace shortlist::tensor::cpu {
namespace {

// A few units in the last place of values of at most one.
constexpr float kTolerance = 1e-6F;

std::vector<float> Wave(std::int64_t size, float step) {
  std::vector<float> values;
  for (std::int64_t i = 0; i < size; ++i) values.push_back(std::sin(step * static_cast<float>(i + 1)));
  return values;
}

class GruRowsTest : public EveryInstructionSet {};

TEST_P(GruRowsTest, FollowsTheDefinition) {
  for (const std::int64_t width : {1, 5, 16, 37}) {
    const std::vector<float> own = Wave(3 * width, 0.7F);
    const std::vector<float> product = Wave(3 * width, 1.3F);
    const std::vector<float> state = Wave(width, 0.4F);
    std::vector<float> next(static_cast<std::size_t>(width));
    std::vector<float> gates(static_cast<std::size_t>(4 * width));
    GruRow(own.data(), product.data(), state.data(), width, next.data(), gates.data());
    for (std::int64_t c = 0; c < width; ++c) {
      const auto at = [&](const std::vector<float>& values, std::int64_t part) {
        return values[static_cast<std::size_t>(part * width + c)];
      };
      const float reset = 1 / (1 + std::exp(-at(own, 0) - at(product, 0)));
      const float update = 1 / (1 + std::exp(-at(own, 1) - at(product, 1)));
      const float candidate = std::tanh(at(own, 2) + reset * at(product, 2));
      EXPECT_NEAR(at(next, 0), (1 - update) * candidate + update * at(state, 0), kTolerance);
      EXPECT_NEAR(at(gates, 0), reset, kTolerance);
      EXPECT_NEAR(at(gates, 1), update, kTolerance);
      EXPECT_NEAR(at(gates, 2), candidate, kTolerance);
      EXPECT_EQ(at(gates, 3), at(product, 2));
    }
  }
}

TEST_P(GruRowsTest, LargeInputsSaturate) {
  const std::vector<float> own = {-200, 200, 200};
  const std::vector<float> product = {0, 0, 0};
  const std::vector<float> state = {0.25F};
  std::vector<float> next(1);
  std::vector<float> gates(4);
  GruRow(own.data(), product.data(), state.data(), 1, next.data(), gates.data());
  EXPECT_NEAR(gates[0], 0, kTolerance);
  EXPECT_EQ(gates[1], 1);
  EXPECT_EQ(gates[2], 1);
  EXPECT_EQ(next[0], 0.25F);
}

INSTANTIATE_TEST_SUITE_P(Sets, GruRowsTest, EveryInstructionSet::All(), InstructionSetName);

}  // namespace
}  // namespace shortlist::tensor::cpu
