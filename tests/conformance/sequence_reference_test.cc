// The float64 gradients of sequence operations against central differences of the float64 functions.
#include "conformance/sequence_reference.h"

#include <functional>

#include <gtest/gtest.h>

#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

constexpr double kStep = 1e-5;
// A central difference is off by O(step^2) and by the roundoff of the function over the step.
constexpr double kDifferenceError = 1e-8;

double Sum(const Doubles& values, const Doubles& factors) {
  double sum = 0;
  for (std::size_t i = 0; i < values.size(); ++i) sum += values[i] * factors[i];
  return sum;
}

// The gradient of function(problem) by one of its arrays.
template <class Problem>
void ExpectGradient(const std::function<double(const Problem&)>& function, const Problem& problem,
                    Doubles Problem::*member, const Doubles& gradient) {
  ASSERT_EQ(gradient.size(), (problem.*member).size());
  for (std::size_t i = 0; i < gradient.size(); ++i) {
    Problem higher = problem;
    Problem lower = problem;
    (higher.*member)[i] += kStep;
    (lower.*member)[i] -= kStep;
    EXPECT_NEAR(gradient[i], (function(higher) - function(lower)) / (2 * kStep), kDifferenceError) << "element " << i;
  }
}

TEST(SequenceReferenceTest, LayerNormGradients) {
  Samples samples(11);
  LayerNormProblem problem;
  problem.columns = 5;
  problem.input = Widen(samples.Floats(20, -1, 1));
  problem.gain = Widen(samples.Floats(5, -1, 1));
  problem.bias = Widen(samples.Floats(5, -1, 1));
  const Doubles factors = Widen(samples.Floats(20, -1, 1));
  const LayerNormGradients gradients = LayerNormBackward(problem, factors);
  const auto loss = [&](const LayerNormProblem& at) { return Sum(LayerNorm(at), factors); };
  ExpectGradient<LayerNormProblem>(loss, problem, &LayerNormProblem::input, gradients.input);
  ExpectGradient<LayerNormProblem>(loss, problem, &LayerNormProblem::gain, gradients.gain);
  ExpectGradient<LayerNormProblem>(loss, problem, &LayerNormProblem::bias, gradients.bias);
}

TEST(SequenceReferenceTest, AttentionGradients) {
  Samples samples(12);
  AttentionProblem problem;
  problem.offsets = {0, 4, 4, 5, 11};
  problem.heads = 2;
  problem.key_columns = 6;
  problem.value_columns = 4;
  problem.distances = 3;
  problem.queries = Widen(samples.Floats(11 * 6, -1, 1));
  problem.keys = Widen(samples.Floats(11 * 6, -1, 1));
  problem.values = Widen(samples.Floats(11 * 4, -1, 1));
  problem.distance_bias = Widen(samples.Floats(6, -1, 1));
  const Doubles factors = Widen(samples.Floats(11 * 4, -1, 1));
  const AttentionSolution solution = AttendBackward(problem, factors);
  const auto loss = [&](const AttentionProblem& at) { return Sum(Attend(at), factors); };
  ExpectGradient<AttentionProblem>(loss, problem, &AttentionProblem::queries, solution.queries);
  ExpectGradient<AttentionProblem>(loss, problem, &AttentionProblem::keys, solution.keys);
  ExpectGradient<AttentionProblem>(loss, problem, &AttentionProblem::values, solution.values);
  ExpectGradient<AttentionProblem>(loss, problem, &AttentionProblem::distance_bias, solution.distance_bias);
}

TEST(SequenceReferenceTest, AttentionReadsNoLaterRow) {
  Samples samples(13);
  AttentionProblem problem;
  problem.offsets = {0, 3};
  problem.key_columns = problem.value_columns = 2;
  problem.queries = problem.keys = problem.values = Widen(samples.Floats(6, -1, 1));
  const Doubles before = Attend(problem);
  for (Doubles* array : {&problem.queries, &problem.keys, &problem.values}) (*array)[4] += 1;
  const Doubles after = Attend(problem);
  for (std::size_t i = 0; i < 4; ++i) EXPECT_EQ(before[i], after[i]);
  EXPECT_NE(before[4], after[4]);
}

TEST(SequenceReferenceTest, GruGradients) {
  Samples samples(14);
  GruProblem problem;
  problem.offsets = {0, 1, 1, 5, 8};
  problem.width = 3;
  problem.input_gates = Widen(samples.Floats(8 * 9, -1, 1));
  problem.recurrent_weight = Widen(samples.Floats(27, -1, 1));
  const Doubles factors = Widen(samples.Floats(24, -1, 1));
  const GruGradients gradients = GruBackward(problem, factors);
  const auto loss = [&](const GruProblem& at) { return Sum(Gru(at), factors); };
  ExpectGradient<GruProblem>(loss, problem, &GruProblem::input_gates, gradients.input_gates);
  ExpectGradient<GruProblem>(loss, problem, &GruProblem::recurrent_weight, gradients.recurrent_weight);
}

}  // namespace
}  // namespace shortlist::conformance
