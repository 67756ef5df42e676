#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/reference.h"
#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

using tensor::Activation;
using tensor::Write;

struct LinearCase {
  std::string name;
  LinearShape shape;
  Activation activation = Activation::kNone;
  bool has_bias = true;
};

std::ostream& operator<<(std::ostream& stream, const LinearCase& row) {
  return stream << row.name;
}

std::vector<LinearCase> Cases() {
  return {{"no_rows", {0, 8, 4}},
          {"one_value", {1, 1, 1}},
          {"one_row", {1, 64, 128}, Activation::kRelu},
          {"odd_widths", {5, 7, 3}, Activation::kRelu},
          {"without_bias", {9, 33, 17}, Activation::kNone, false},
          {"relu_without_bias", {9, 33, 17}, Activation::kRelu, false},
          {"one_output", {300, 65, 1}},
          {"one_input", {300, 1, 65}, Activation::kRelu},
          {"many_tiles", {600, 130, 70}, Activation::kRelu},
          {"width_64_to_128", {257, 64, 128}}};
}

class LinearTest : public ConformanceTest<LinearCase> {
 protected:
  LinearTest() {
    const LinearShape& shape = table_case().shape;
    Samples samples(21);
    input_ = samples.Floats(shape.batch * shape.inputs, -1, 1);
    weight_ = samples.Floats(shape.inputs * shape.outputs, -1, 1);
    bias_ = samples.Floats(table_case().has_bias ? shape.outputs : 0, -1, 1);
    out_gradient_ = samples.Floats(shape.batch * shape.outputs, -1, 1);
    before_ = samples.Floats(shape.batch * shape.inputs + shape.inputs * shape.outputs + shape.outputs, -1, 1);
  }

  // d loss / d Affine, given what the backend wrote as `out`.
  Doubles Slope(const std::vector<float>& out) const {
    Doubles slope = Widen(out_gradient_);
    for (std::size_t i = 0; i < slope.size(); ++i) {
      if (table_case().activation == Activation::kRelu && !(out[i] > 0)) slope[i] = 0;
    }
    return slope;
  }

  const LinearCase& table_case() const { return std::get<1>(GetParam()); }
  void CheckBackward(Write write);

  std::vector<float> input_;
  std::vector<float> weight_;
  std::vector<float> bias_;
  std::vector<float> out_gradient_;
  std::vector<float> before_;
};

TEST_P(LinearTest, Forward) {
  const auto& [batch, inputs, outputs] = table_case().shape;
  Guarded<float> input(backend(), input_);
  Guarded<float> weight(backend(), weight_);
  Guarded<float> bias(backend(), bias_);
  Guarded<float> out(backend(), batch * outputs);
  backend().Linear({input.data(), batch, inputs}, {weight.data(), inputs, outputs},
                   table_case().has_bias ? bias.data() : nullptr, table_case().activation,
                   {out.data(), batch, outputs});

  const Doubles affine = Affine(table_case().shape, Widen(input_), Widen(weight_), Widen(bias_));
  const Doubles expected = table_case().activation == Activation::kRelu ? Relu(affine) : affine;
  const Doubles magnitude = Affine(table_case().shape, Magnitudes(input_), Magnitudes(weight_), Magnitudes(bias_));
  const std::int64_t terms = inputs;
  ExpectClose("out", out.Values(), expected, [&](std::size_t i) { return SumBound(terms, magnitude[i]); });
}

void LinearTest::CheckBackward(Write write) {
  const LinearShape& shape = table_case().shape;
  const auto [batch, inputs, outputs] = shape;
  const std::int64_t input_size = batch * inputs;
  const std::int64_t weight_size = inputs * outputs;
  const std::span<const float> before(before_);
  const auto before_input = before.subspan(0, static_cast<std::size_t>(input_size));
  const auto before_weight = before.subspan(before_input.size(), static_cast<std::size_t>(weight_size));
  const auto before_bias = before.subspan(before_input.size() + before_weight.size());
  Guarded<float> input(backend(), input_);
  Guarded<float> weight(backend(), weight_);
  Guarded<float> bias(backend(), bias_);
  Guarded<float> out(backend(), batch * outputs);
  Guarded<float> out_gradient(backend(), out_gradient_);
  Guarded<float> scratch(backend(), batch * outputs);
  Guarded<float> input_gradient(backend(), before_input);
  Guarded<float> weight_gradient(backend(), before_weight);
  Guarded<float> bias_gradient(backend(), before_bias);
  backend().Linear({input.data(), batch, inputs}, {weight.data(), inputs, outputs},
                   table_case().has_bias ? bias.data() : nullptr, table_case().activation,
                   {out.data(), batch, outputs});
  backend().LinearBackward({input.data(), batch, inputs}, {weight.data(), inputs, outputs},
                           {out.data(), batch, outputs}, table_case().activation, {out_gradient.data(), batch, outputs},
                           {scratch.data(), batch, outputs}, {input_gradient.data(), batch, inputs}, write,
                           {weight_gradient.data(), inputs, outputs},
                           table_case().has_bias ? bias_gradient.data() : nullptr);

  const Doubles slope = Slope(out.Values());
  const LinearGradients expected = AffineBackward(shape, Widen(input_), Widen(weight_), slope);
  const LinearGradients magnitude = AffineBackward(shape, Magnitudes(input_), Magnitudes(weight_),
                                                   Magnitudes(std::vector<float>(slope.begin(), slope.end())));
  const auto check = [](const char* what, std::span<const float> actual, std::span<const float> start, Doubles sum,
                        const Doubles& sum_magnitude, std::int64_t terms) {
    for (std::size_t i = 0; i < start.size(); ++i) sum[i] += start[i];
    ExpectClose(what, actual, sum, [&](std::size_t i) {
      return SumBound(terms + 1, sum_magnitude[i] + (start.empty() ? 0 : std::abs(start[i])));
    });
  };
  check("input_gradient", input_gradient.Values(), write == Write::kAdd ? before_input : std::span<const float>(),
        expected.input, magnitude.input, outputs);
  check("weight_gradient", weight_gradient.Values(), before_weight, expected.weight, magnitude.weight, batch);
  if (table_case().has_bias) {
    check("bias_gradient", bias_gradient.Values(), before_bias, expected.bias, magnitude.bias, batch);
  } else {
    ExpectEqual("bias_gradient", bias_gradient.Values(), before_bias);
  }
}

TEST_P(LinearTest, BackwardOverwrites) {
  CheckBackward(Write::kOverwrite);
}

TEST_P(LinearTest, BackwardAdds) {
  CheckBackward(Write::kAdd);
}

TEST_P(LinearTest, BackwardWithoutInputGradient) {
  const auto [batch, inputs, outputs] = table_case().shape;
  Guarded<float> input(backend(), input_);
  Guarded<float> weight(backend(), weight_);
  Guarded<float> out_gradient(backend(), out_gradient_);
  Guarded<float> scratch(backend(), batch * outputs);
  Guarded<float> weight_gradient(backend(), std::vector<float>(weight_.size()));
  backend().LinearBackward({input.data(), batch, inputs}, {weight.data(), inputs, outputs},
                           {out_gradient.data(), batch, outputs}, Activation::kNone,
                           {out_gradient.data(), batch, outputs}, {scratch.data(), batch, outputs}, {},
                           Write::kOverwrite, {weight_gradient.data(), inputs, outputs}, nullptr);
  const Doubles slope = Widen(out_gradient_);
  const LinearGradients expected = AffineBackward(table_case().shape, Widen(input_), Widen(weight_), slope);
  const std::int64_t terms = batch;
  ExpectClose("weight_gradient", weight_gradient.Values(), expected.weight,
              [&](std::size_t) { return SumBound(terms, static_cast<double>(terms)); });
}

INSTANTIATE_TEST_SUITE_P(Table, LinearTest, EveryBackendWith(Cases()), NameOf<LinearCase>);

}  // namespace
}  // namespace shortlist::conformance
