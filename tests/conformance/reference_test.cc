// The float64 gradients against central differences of the float64 functions.
#include "conformance/reference.h"

#include <functional>

#include <gtest/gtest.h>

#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

constexpr double kStep = 1e-5;
// A central difference is off by O(step^2) and by the roundoff of the function over the step.
constexpr double kDifferenceError = 1e-8;

void ExpectGradient(const std::function<double(const Doubles&)>& function, const Doubles& at, const Doubles& gradient) {
  ASSERT_EQ(gradient.size(), at.size());
  for (std::size_t i = 0; i < at.size(); ++i) {
    Doubles higher = at;
    Doubles lower = at;
    higher[i] += kStep;
    lower[i] -= kStep;
    const double difference = (function(higher) - function(lower)) / (2 * kStep);
    EXPECT_NEAR(gradient[i], difference, kDifferenceError) << "element " << i;
  }
}

double Sum(const Doubles& values, const Doubles& factors) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += values[i] * factors[i];
  return sum;
}

TEST(ReferenceTest, ScatterAddIsTheGradientOfGatherPool) {
  Samples samples(1);
  const Doubles table = Widen(samples.Floats(7 * 3, -1, 1));
  const Doubles factors = Widen(samples.Floats(4 * 3, -1, 1));
  const base::Bags bags = samples.Bags({3, 0, 1, 9}, 7);
  const Doubles weights = Widen(bags.weights);
  ExpectGradient([&](const Doubles& at) { return Sum(GatherPool(at, 3, bags, weights), factors); }, table,
                 ScatterAdd(factors, 3, bags, weights, 7));
}

TEST(ReferenceTest, AffineBackwardWithRelu) {
  Samples samples(2);
  const LinearShape shape{5, 3, 4};
  const Doubles input = Widen(samples.Floats(15, -1, 1));
  const Doubles weight = Widen(samples.Floats(12, -1, 1));
  const Doubles bias = Widen(samples.Floats(4, -1, 1));
  const Doubles factors = Widen(samples.Floats(20, -1, 1));
  Doubles slope = factors;
  const Doubles out = Relu(Affine(shape, input, weight, bias));
  for (std::size_t i = 0; i < slope.size(); ++i) slope[i] = out[i] > 0 ? slope[i] : 0;
  const LinearGradients gradients = AffineBackward(shape, input, weight, slope);
  const auto loss = [&](const Doubles& x, const Doubles& w, const Doubles& b) {
    return Sum(Relu(Affine(shape, x, w, b)), factors);
  };
  ExpectGradient([&](const Doubles& at) { return loss(at, weight, bias); }, input, gradients.input);
  ExpectGradient([&](const Doubles& at) { return loss(input, at, bias); }, weight, gradients.weight);
  ExpectGradient([&](const Doubles& at) { return loss(input, weight, at); }, bias, gradients.bias);
}

TEST(ReferenceTest, NormalizeRowsBackward) {
  Samples samples(3);
  const Doubles input = Widen(samples.Floats(4 * 5, -1, 1));
  const Doubles factors = Widen(samples.Floats(4 * 5, -1, 1));
  ExpectGradient([&](const Doubles& at) { return Sum(NormalizeRows(at, 5), factors); }, input,
                 NormalizeRowsBackward(input, factors, 5));
}

TEST(ReferenceTest, SoftmaxGradients) {
  Samples samples(4);
  SoftmaxProblem problem;
  problem.dimensions = 3;
  problem.queries = Widen(samples.Floats(6 * 3, -1, 1));
  problem.candidates = Widen(samples.Floats(9 * 3, -1, 1));
  problem.positives = {0, 1, 8, 3, 3, 5};
  problem.item_ids = {4, 4, 2, 1, 0, 1, 7, 4, 9};
  problem.bias = Widen(samples.Floats(9, -1, 1));
  problem.row_weights = Widen(samples.Floats(6, 0, 2));
  problem.scale = 3;
  const SoftmaxSolution solution = SolveSoftmax(problem);
  const auto loss_with = [&](auto member, const auto& value) {
    SoftmaxProblem changed = problem;
    changed.*member = value;
    return SoftmaxLoss(changed);
  };
  ExpectGradient([&](const Doubles& at) { return loss_with(&SoftmaxProblem::queries, at); }, problem.queries,
                 solution.query_gradient);
  ExpectGradient([&](const Doubles& at) { return loss_with(&SoftmaxProblem::candidates, at); }, problem.candidates,
                 solution.candidate_gradient);
  ExpectGradient([&](const Doubles& at) { return loss_with(&SoftmaxProblem::scale, at[0]); }, {problem.scale},
                 {solution.scale_gradient});
}

// Philox4x32-10 vectors of the authors' Random123 library (kat_vectors).
TEST(ReferenceTest, RandomWordsAreThoseOfRandom123) {
  EXPECT_EQ(RandomWord(0, 0, 0), 0x6627e8d5U);
  EXPECT_EQ(RandomWord(0, 0, 1), 0xe169c58dU);
  EXPECT_EQ(RandomWord(0, 0, 2), 0xbc57ac4cU);
  EXPECT_EQ(RandomWord(0, 0, 3), 0x9b00dbd8U);
}

}  // namespace
}  // namespace shortlist::conformance
