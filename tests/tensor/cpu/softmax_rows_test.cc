#include "tensor/cpu/softmax_rows.h"

#include <cmath>
#include <limits>
#include <vector>

#include "tensor/cpu/instruction_sets.h"

namespace shortlist::tensor::cpu {
namespace {

constexpr float kInfinity = std::numeric_limits<float>::infinity();

class SoftmaxRowsTest : public EveryInstructionSet {};

TEST_P(SoftmaxRowsTest, BiasAndMask) {
  for (const std::int64_t size : {1, 5, 16, 37}) {
    std::vector<float> logits;
    std::vector<float> bias;
    std::vector<std::int32_t> items;
    std::vector<float> expected;
    for (std::int64_t i = 0; i < size; ++i) {
      logits.push_back(static_cast<float>(i));
      bias.push_back(static_cast<float>(i % 3));
      items.push_back(static_cast<std::int32_t>(i % 4));
      expected.push_back(i % 4 == 2 ? -kInfinity : 2 * logits.back() + bias.back());
    }
    const float largest = BiasAndMask(2, bias.data(), items.data(), 2, size, logits.data());
    EXPECT_EQ(logits, expected);
    EXPECT_EQ(largest, *std::max_element(expected.begin(), expected.end()));
  }
}

TEST_P(SoftmaxRowsTest, NothingLeftIsMinusInfinity) {
  std::vector<float> logits(20, 1);
  const std::vector<float> bias(20);
  const std::vector<std::int32_t> items(20, 7);
  EXPECT_EQ(BiasAndMask(1, bias.data(), items.data(), 7, 20, logits.data()), -kInfinity);
}

TEST_P(SoftmaxRowsTest, ShiftedExponentials) {
  std::vector<float> values;
  for (int i = 0; i < 37; ++i) values.push_back(3 - static_cast<float>(i) * 2.7F);
  values.push_back(-kInfinity);
  const std::vector<float> start = values;
  const float sum = ShiftedExponentials(3, static_cast<std::int64_t>(values.size()), values.data());
  double expected_sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    // What is below the smallest normal number may become 0.
    const double expected = std::exp(static_cast<double>(start[i]) - 3);
    EXPECT_NEAR(values[i], expected, 4 * 0x1p-24 * expected + std::numeric_limits<float>::min());
    expected_sum += expected;
  }
  EXPECT_NEAR(sum, expected_sum, 1e-5);
  EXPECT_EQ(values.back(), 0);
}

TEST_P(SoftmaxRowsTest, ExponentialsOverTheirWholeRange) {
  constexpr float kStep = 0x1p-8F;
  std::vector<float> start;
  for (float value = -87.25F; value <= 80; value += kStep) start.push_back(value);
  std::vector<float> values = start;
  ShiftedExponentials(0, static_cast<std::int64_t>(values.size()), values.data());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double expected = std::exp(static_cast<double>(start[i]));
    ASSERT_NEAR(values[i], expected, 4 * 0x1p-24 * expected) << start[i];
  }
}

TEST_P(SoftmaxRowsTest, NotANumberStaysNone) {
  std::vector<float> values(37, std::nanf("1"));
  EXPECT_TRUE(std::isnan(ShiftedExponentials(0, 37, values.data())));
  EXPECT_TRUE(std::isnan(values.front()));
}

INSTANTIATE_TEST_SUITE_P(Cpu, SoftmaxRowsTest, EveryInstructionSet::All(), InstructionSetName);

}  // namespace
}  // namespace shortlist::tensor::cpu
