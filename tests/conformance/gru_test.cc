#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/samples.h"
#include "conformance/sequence_reference.h"

namespace shortlist::conformance {
namespace {

struct GruCase {
  std::string name;
  std::vector<std::int64_t> lengths;
  std::int64_t width;
};

std::ostream& operator<<(std::ostream& stream, const GruCase& row) {
  return stream << row.name;
}

std::vector<std::int64_t> ManyLengths() {
  std::vector<std::int64_t> lengths;
  for (std::int64_t i = 0; i < 150; ++i) lengths.push_back(i * 5 % 9);
  return lengths;
}

std::vector<GruCase> Cases() {
  return {{"no_sequences", {}, 8},     {"empty_sequences", {0, 0}, 4}, {"one_row", {1}, 1},
          {"odd_width", {3, 0, 7}, 7}, {"width_33", {5, 9, 1}, 33},    {"many_sequences", ManyLengths(), 16},
          {"long_sequence", {60}, 32}, {"width_130", {4, 12}, 130},    {"width_400", {3, 1}, 400}};
}

class GruTest : public ConformanceTest<GruCase> {
 protected:
  // So small that the state forgets errors: the map from one state to the next contracts by .83 or less.
  static constexpr float kWeightSum = 0.1F;
  static constexpr double kMostCarried = 1 / (1 - .83);

  GruTest() {
    const GruCase& row = table_case();
    for (const std::int64_t length : row.lengths) problem_.offsets.push_back(problem_.offsets.back() + length);
    problem_.width = row.width;
    Samples samples(71);
    const float most = kWeightSum / static_cast<float>(row.width);
    input_gates_ = samples.Floats(problem_.rows() * 3 * row.width, -1, 1);
    recurrent_weight_ = samples.Floats(row.width * 3 * row.width, -most, most);
    out_gradient_ = samples.Floats(problem_.rows() * row.width, -1, 1);
    weight_before_ = samples.Floats(row.width * 3 * row.width, -1, 1);
    problem_.input_gates = Widen(input_gates_);
    problem_.recurrent_weight = Widen(recurrent_weight_);
  }

  const GruCase& table_case() const { return std::get<1>(GetParam()); }
  std::int64_t Longest() const {
    std::int64_t longest = 0;
    for (const std::int64_t length : table_case().lengths) longest = std::max(longest, length);
    return longest;
  }
  // Of one step: a sum of products, and sigmoid and tanh to a few units in the last place.
  double StepError() const { return SumBound(problem_.width, 1) + 16 * kRoundoff; }

  GruProblem problem_;
  std::vector<float> input_gates_;
  std::vector<float> recurrent_weight_;
  std::vector<float> out_gradient_;
  std::vector<float> weight_before_;
};

TEST_P(GruTest, ForwardAndBackward) {
  const std::int64_t rows = problem_.rows();
  const std::int64_t width = problem_.width;
  Guarded<std::int64_t> offsets(backend(), problem_.offsets);
  Guarded<float> input_gates(backend(), input_gates_);
  Guarded<float> weight(backend(), recurrent_weight_);
  Guarded<float> out_gradient(backend(), out_gradient_);
  Guarded<float> out(backend(), rows * width);
  Guarded<float> gates(backend(), rows * 4 * width);
  Guarded<float> scratch(backend(), rows * 4 * width);
  Guarded<float> gate_gradient(backend(), rows * 3 * width);
  Guarded<float> weight_gradient(backend(), weight_before_);
  const tensor::SequencesView sequences = {offsets.data(), static_cast<std::int64_t>(problem_.offsets.size()) - 1, rows,
                                           Longest()};
  backend().Gru({input_gates.data(), rows, 3 * width}, sequences, {weight.data(), width, 3 * width},
                {out.data(), rows, width}, {gates.data(), rows, 4 * width});
  backend().GruBackward(sequences, {weight.data(), width, 3 * width}, {out.data(), rows, width},
                        {gates.data(), rows, 4 * width}, {out_gradient.data(), rows, width},
                        {scratch.data(), rows, 4 * width}, {gate_gradient.data(), rows, 3 * width},
                        {weight_gradient.data(), width, 3 * width});

  const GruGradients expected = GruBackward(problem_, Widen(out_gradient_));
  const double step_error = StepError();
  ExpectClose("out", out.Values(), Gru(problem_), [&](std::size_t) { return kMostCarried * step_error; });
  // Gradients that are carried reach 1 + kMostCarried, errors of states and of gradients add up.
  const double gradient_error = 4 * kMostCarried * (1 + kMostCarried) * step_error;
  ExpectClose("input_gate_gradient", gate_gradient.Values(), expected.input_gates,
              [&](std::size_t) { return gradient_error; });
  Doubles weight_sum = expected.recurrent_weight;
  for (std::size_t i = 0; i < weight_sum.size(); ++i) weight_sum[i] += weight_before_[i];
  ExpectClose("recurrent_weight_gradient", weight_gradient.Values(), weight_sum, [&](std::size_t) {
    return static_cast<double>(rows) * (gradient_error + SumBound(rows, 1 + kMostCarried)) + SumBound(1, 1);
  });
}

INSTANTIATE_TEST_SUITE_P(Table, GruTest, EveryBackendWith(Cases()), NameOf<GruCase>);

}  // namespace
}  // namespace shortlist::conformance
