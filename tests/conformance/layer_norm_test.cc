#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/samples.h"
#include "conformance/sequence_reference.h"

namespace shortlist::conformance {
namespace {

struct LayerNormCase {
  std::string name;
  std::int64_t rows;
  std::int64_t columns;
  float magnitude = 1;
};

std::ostream& operator<<(std::ostream& stream, const LayerNormCase& row) {
  return stream << row.name;
}

std::vector<LayerNormCase> Cases() {
  return {{"no_rows", 0, 8},       {"odd_width", 5, 7},    {"two_columns", 3, 2},  {"width_33", 70, 33},
          {"width_64", 300, 64},   {"width_200", 5, 200},  {"width_301", 3, 301},  {"width_512", 3, 512},
          {"width_1100", 2, 1100}, {"large", 9, 64, 1e6F}, {"small", 9, 64, 1e-2F}};
}

class LayerNormTest : public ConformanceTest<LayerNormCase> {};

TEST_P(LayerNormTest, ForwardAndBackward) {
  const auto& [name, rows, columns, magnitude] = table_case();
  Samples samples(51);
  const std::vector<float> input = samples.Floats(rows * columns, -magnitude, magnitude);
  const std::vector<float> gain = samples.Floats(columns, -1, 1);
  const std::vector<float> bias = samples.Floats(columns, -1, 1);
  const std::vector<float> out_gradient = samples.Floats(rows * columns, -1, 1);
  const std::vector<float> before = samples.Floats(columns, -1, 1);
  Guarded<float> device_input(backend(), input);
  Guarded<float> device_gain(backend(), gain);
  Guarded<float> device_bias(backend(), bias);
  Guarded<float> device_out_gradient(backend(), out_gradient);
  Guarded<float> out(backend(), rows * columns);
  Guarded<float> statistics(backend(), 2 * rows);
  Guarded<float> input_gradient(backend(), rows * columns);
  Guarded<float> gain_gradient(backend(), before);
  Guarded<float> bias_gradient(backend(), before);
  backend().LayerNorm({device_input.data(), rows, columns}, device_gain.data(), device_bias.data(),
                      {out.data(), rows, columns}, statistics.data());
  backend().LayerNormBackward({device_input.data(), rows, columns}, device_gain.data(), statistics.data(),
                              {device_out_gradient.data(), rows, columns}, {input_gradient.data(), rows, columns},
                              gain_gradient.data(), bias_gradient.data());

  const LayerNormProblem problem = {columns, Widen(input), Widen(gain), Widen(bias)};
  const LayerNormGradients expected = LayerNormBackward(problem, Widen(out_gradient));
  const std::vector<float> deviations = statistics.Values();
  // The mean is off by what a sum of values of that magnitude is, the variance relatively by as much again; normalized
  // values are at most sqrt(columns).
  const std::int64_t terms = columns;
  const auto normalized_error = [&](std::size_t i) {
    const double deviation = deviations[2 * (i / static_cast<std::size_t>(terms)) + 1];
    return 4 * SumBound(terms, static_cast<double>(table_case().magnitude) * deviation + 1);
  };
  ExpectClose("out", out.Values(), LayerNorm(problem), [&](std::size_t i) { return 2 * normalized_error(i); });
  ExpectClose("input_gradient", input_gradient.Values(), expected.input, [&](std::size_t i) {
    const double deviation = deviations[2 * (i / static_cast<std::size_t>(terms)) + 1];
    return 8 * deviation * std::sqrt(static_cast<double>(terms)) * normalized_error(i);
  });
  const auto plus_before = [&](Doubles sums) {
    for (std::size_t c = 0; c < sums.size(); ++c) sums[c] += before[c];
    return sums;
  };
  const auto all_rows = static_cast<double>(rows);
  double row_errors = 0;
  for (std::int64_t r = 0; r < rows; ++r) row_errors += normalized_error(static_cast<std::size_t>(r * columns));
  ExpectClose("gain_gradient", gain_gradient.Values(), plus_before(expected.gain), [&](std::size_t) {
    return row_errors + SumBound(table_case().rows, std::sqrt(static_cast<double>(terms)) * (all_rows + 1));
  });
  ExpectClose("bias_gradient", bias_gradient.Values(), plus_before(expected.bias),
              [&](std::size_t) { return SumBound(table_case().rows + 1, all_rows + 1); });
}

TEST_P(LayerNormTest, StatisticsAreMeanAndDeviation) {
  Guarded<float> input(backend(), std::vector<float>{1, 3, 5, 5});
  Guarded<float> gain(backend(), std::vector<float>{1, 1});
  Guarded<float> bias(backend(), std::vector<float>{0, 0.5F});
  Guarded<float> out(backend(), 4);
  Guarded<float> statistics(backend(), 4);
  backend().LayerNorm({input.data(), 2, 2}, gain.data(), bias.data(), {out.data(), 2, 2}, statistics.data());
  const std::vector<float> values = out.Values();
  EXPECT_NEAR(values[0], -1, 1e-6);
  EXPECT_NEAR(values[1], 1.5, 1e-6);
  EXPECT_EQ(values[2], 0);  // a row without variance has no direction
  EXPECT_EQ(values[3], 0.5F);
  EXPECT_EQ(statistics.Values()[0], 2);
  EXPECT_NEAR(statistics.Values()[1], 1, 1e-6);
  EXPECT_EQ(statistics.Values()[2], 5);
}

INSTANTIATE_TEST_SUITE_P(Table, LayerNormTest, EveryBackendWith(Cases()), NameOf<LayerNormCase>);

}  // namespace
}  // namespace shortlist::conformance
