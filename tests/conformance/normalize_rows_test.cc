#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/reference.h"
#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

struct NormalizeRowsCase {
  std::string name;
  std::int64_t rows;
  std::int64_t columns;
  float magnitude = 1;
};

std::ostream& operator<<(std::ostream& stream, const NormalizeRowsCase& row) {
  return stream << row.name;
}

std::vector<NormalizeRowsCase> Cases() {
  return {{"no_rows", 0, 8},       {"one_value", 1, 1},     {"odd_width", 5, 7},     {"width_64", 300, 64},
          {"width_200", 5, 200},   {"width_301", 3, 301},   {"width_512", 3, 512},   {"width_900", 2, 900},
          {"width_1100", 2, 1100}, {"large", 9, 64, 1e15F}, {"small", 9, 64, 1e-9F}, {"below_epsilon", 9, 64, 1e-14F},
          {"zero", 4, 33, 0}};
}

class NormalizeRowsTest : public ConformanceTest<NormalizeRowsCase> {};

TEST_P(NormalizeRowsTest, ForwardAndBackward) {
  const auto& [name, rows, columns, magnitude] = table_case();
  Samples samples(31);
  const std::vector<float> input = samples.Floats(rows * columns, -magnitude, magnitude);
  const std::vector<float> out_gradient = samples.Floats(rows * columns, -1, 1);
  Guarded<float> device_input(backend(), input);
  Guarded<float> device_out_gradient(backend(), out_gradient);
  Guarded<float> out(backend(), rows * columns);
  Guarded<float> norms(backend(), rows);
  Guarded<float> input_gradient(backend(), rows * columns);
  backend().NormalizeRows({device_input.data(), rows, columns}, {out.data(), rows, columns}, norms.data());
  backend().NormalizeRowsBackward({out.data(), rows, columns}, norms.data(),
                                  {device_out_gradient.data(), rows, columns}, {input_gradient.data(), rows, columns});

  // The squared norm has only positive terms, so its relative error is at most (columns + 1) * u, half that after the
  // root; a division or two and the sum of the backward's dot product come on top.
  const Doubles expected = NormalizeRows(Widen(input), columns);
  const std::int64_t terms = columns;
  ExpectClose("out", out.Values(), expected, [&](std::size_t i) { return SumBound(terms, std::abs(expected[i])); });
  const Doubles gradient = NormalizeRowsBackward(Widen(input), Widen(out_gradient), columns);
  const std::vector<float> lengths = norms.Values();
  ExpectClose("input_gradient", input_gradient.Values(), gradient, [&](std::size_t i) {
    const double along = std::sqrt(static_cast<double>(terms));  // |out_gradient| bounds the dot product
    return SumBound(4 * terms, (1 + along) / lengths[i / static_cast<std::size_t>(terms)]);
  });
}

TEST_P(NormalizeRowsTest, NormsAreNeverBelowEpsilon) {
  const auto& [name, rows, columns, magnitude] = table_case();
  Samples samples(31);
  const std::vector<float> input = samples.Floats(rows * columns, -magnitude, magnitude);
  Guarded<float> device_input(backend(), input);
  Guarded<float> out(backend(), rows * columns);
  Guarded<float> norms(backend(), rows);
  backend().NormalizeRows({device_input.data(), rows, columns}, {out.data(), rows, columns}, norms.data());
  const std::vector<float> lengths = norms.Values();
  for (std::int64_t r = 0; r < rows; ++r) {
    double square = 0;
    for (std::int64_t c = 0; c < columns; ++c) {
      square += std::pow(static_cast<double>(input[static_cast<std::size_t>(r * columns + c)]), 2);
    }
    const double length = std::max(std::sqrt(square), static_cast<double>(tensor::kNormEpsilon));
    EXPECT_NEAR(lengths[static_cast<std::size_t>(r)], length, SumBound(columns, length));
  }
}

INSTANTIATE_TEST_SUITE_P(Table, NormalizeRowsTest, EveryBackendWith(Cases()), NameOf<NormalizeRowsCase>);

}  // namespace
}  // namespace shortlist::conformance
