#include <algorithm>
#include <bit>
#include <cmath>
#include <limits>

#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/reference.h"
#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

using tensor::Optimizer;
using tensor::OptimizerKind;

struct ElementwiseCase {
  std::string name;
  std::int64_t size;
};

std::ostream& operator<<(std::ostream& stream, const ElementwiseCase& row) {
  return stream << row.name;
}

float FloatOf(std::uint16_t bfloat16) {
  return std::bit_cast<float>(std::uint32_t{bfloat16} << 16);
}

// Of infinity, what would come next.
double Magnitude(std::uint16_t bfloat16) {
  return std::isinf(FloatOf(bfloat16)) ? 0x1p128 : std::abs(double{FloatOf(bfloat16)});
}

// The nearer of the two around a number, or the even one.
std::uint16_t NearestBfloat16(float value) {
  const auto below = static_cast<std::uint16_t>(std::bit_cast<std::uint32_t>(value) >> 16);
  if (std::isinf(value)) return below;
  const auto above = static_cast<std::uint16_t>(below + 1);
  const double to_below = std::abs(double{value}) - Magnitude(below);
  const double to_above = Magnitude(above) - std::abs(double{value});
  if (to_below == to_above) return below % 2 == 0 ? below : above;
  return to_below < to_above ? below : above;
}

class ElementwiseTest : public ConformanceTest<ElementwiseCase> {
 protected:
  std::int64_t size() const { return std::get<1>(GetParam()).size; }
  double Square() const {
    double square = 0;
    for (const float y : y_) square += static_cast<double>(y) * y;
    return square;
  }
  void CheckDenseUpdate(const Optimizer& optimizer);

  Samples samples_{51};
  std::vector<float> x_ = samples_.Floats(size(), -1, 1);
  std::vector<float> y_ = samples_.Floats(size(), -1, 1);
};

TEST_P(ElementwiseTest, AddScaled) {
  Guarded<float> x(backend(), x_);
  Guarded<float> y(backend(), y_);
  backend().AddScaled(x.data(), -2.5F, y.data(), size());
  Doubles expected = Widen(y_);
  for (std::size_t i = 0; i < expected.size(); ++i) expected[i] += -2.5 * x_[i];
  ExpectClose("y", y.Values(), expected, [](std::size_t) { return SumBound(2, 3.5); });
}

TEST_P(ElementwiseTest, Scale) {
  Guarded<float> y(backend(), y_);
  backend().Scale(y.data(), .3F, size());
  Doubles expected = Widen(y_);
  for (double& value : expected) value *= static_cast<double>(.3F);
  ExpectClose("values", y.Values(), expected, [](std::size_t) { return kRoundoff; });
}

TEST_P(ElementwiseTest, MovingAverage) {
  Guarded<float> x(backend(), x_);
  Guarded<float> y(backend(), y_);
  backend().MovingAverage(x.data(), .99F, y.data(), size());
  Doubles expected = Widen(y_);
  for (std::size_t i = 0; i < expected.size(); ++i) {
    expected[i] = static_cast<double>(.99F) * y_[i] + (1 - static_cast<double>(.99F)) * x_[i];
  }
  ExpectClose("values", y.Values(), expected, [](std::size_t) { return SumBound(2, 1); });
}

// 256 terms stand for the longest chain of float additions that a backend may use in a reduction of any size.
TEST_P(ElementwiseTest, SquaredNorm) {
  Guarded<float> y(backend(), y_);
  Guarded<float> result(backend(), 1);
  backend().SquaredNorm(y.data(), size(), result.data());
  ExpectClose("result", result.Values(), {Square()}, [&](std::size_t) { return SumBound(256, Square()); });
}

TEST_P(ElementwiseTest, ClipByNorm) {
  for (const float limit : {.25F, 1e6F}) {
    Guarded<float> y(backend(), y_);
    Guarded<float> square(backend(), 1);
    backend().SquaredNorm(y.data(), size(), square.data());
    backend().ClipByNorm(y.data(), square.data(), limit, size());
    const double factor = Square() > 0 ? std::min(1.0, limit / std::sqrt(Square())) : 1;
    Doubles expected = Widen(y_);
    for (double& value : expected) value *= factor;
    ExpectClose("values", y.Values(), expected, [&](std::size_t) { return SumBound(256, factor); });
  }
}

TEST_P(ElementwiseTest, ClipByNormLeavesZerosAlone) {
  Guarded<float> y(backend(), std::vector<float>(y_.size()));
  Guarded<float> square(backend(), std::vector<float>{0});
  backend().ClipByNorm(y.data(), square.data(), 1, size());
  ExpectEqual("values", y.Values(), std::vector<float>(y_.size()));
}

// The upper half of a float whose lower half is more, exactly or less than half of a unit, and what has no unit.
TEST_P(ElementwiseTest, RoundToBfloat16) {
  std::vector<float> values = x_;
  const std::vector<float> special = {1 + 0x1p-8F,
                                      1 + 0x1p-7F + 0x1p-8F,
                                      1 + 0x1p-8F + 0x1p-20F,
                                      -0.0F,
                                      0x1p-130F,
                                      -3e38F,
                                      std::numeric_limits<float>::max(),
                                      std::numeric_limits<float>::infinity()};
  std::copy_n(special.begin(), std::min(special.size(), values.size()), values.begin());
  std::vector<std::uint16_t> expected;
  for (const float value : values) expected.push_back(NearestBfloat16(value));
  Guarded<float> from(backend(), values);
  Guarded<std::uint16_t> to(backend(), size());
  backend().RoundToBfloat16(from.data(), to.data(), size());
  EXPECT_EQ(to.Values(), expected);
}

TEST_P(ElementwiseTest, RoundToBfloat16KeepsNaN) {
  Guarded<float> from(backend(), std::vector<float>(y_.size(), std::numeric_limits<float>::signaling_NaN()));
  Guarded<std::uint16_t> to(backend(), size());
  backend().RoundToBfloat16(from.data(), to.data(), size());
  for (const std::uint16_t bits : to.Values()) EXPECT_TRUE((bits & 0x7F80) == 0x7F80 && (bits & 0x7F) != 0) << bits;
}

TEST_P(ElementwiseTest, WidenBfloat16) {
  std::vector<std::uint16_t> bits;
  std::vector<float> widened;
  std::vector<float> sums;
  for (std::size_t i = 0; i < x_.size(); ++i) {
    bits.push_back(NearestBfloat16(x_[i]));
    widened.push_back(FloatOf(bits[i]));
    sums.push_back(y_[i] + widened[i]);
  }
  Guarded<std::uint16_t> from(backend(), bits);
  Guarded<float> overwritten(backend(), size());
  Guarded<float> added(backend(), y_);
  backend().WidenBfloat16(from.data(), tensor::Write::kOverwrite, overwritten.data(), size());
  backend().WidenBfloat16(from.data(), tensor::Write::kAdd, added.data(), size());
  ExpectEqual("overwritten", overwritten.Values(), widened);
  ExpectEqual("added", added.Values(), sums);
}

void ElementwiseTest::CheckDenseUpdate(const Optimizer& optimizer) {
  std::vector<float> state = samples_.Floats(size() == 0 ? 0 : StateWidth(optimizer.kind, size()), .5F, 2);
  if (optimizer.kind == OptimizerKind::kAdam && !state.empty()) state.back() = 6;
  Guarded<float> parameters(backend(), x_);
  Guarded<float> gradient(backend(), y_);
  Guarded<float> device_state(backend(), state);
  backend().DenseUpdate(parameters.data(), gradient.data(), device_state.data(), size(), optimizer);
  Doubles expected = Widen(x_);
  Doubles expected_state = Widen(state);
  if (size() > 0) UpdateRow(optimizer, Widen(y_), expected, expected_state);
  // Steps are at most 4 * rate here, and a rule has fewer than 16 roundings beside its reduction.
  ExpectClose("parameters", parameters.Values(), expected, [&](std::size_t i) {
    return 4 * optimizer.rate * SumBound(256, 1) + 2 * kRoundoff * std::abs(expected[i]);
  });
  ExpectClose("state", device_state.Values(), expected_state,
              [&](std::size_t i) { return SumBound(256, std::abs(expected_state[i])); });
}

TEST_P(ElementwiseTest, DenseSgd) {
  CheckDenseUpdate({.kind = OptimizerKind::kSgd, .rate = .1F, .weight_decay = .1F});
}

TEST_P(ElementwiseTest, DenseRowwiseAdagrad) {
  CheckDenseUpdate({.kind = OptimizerKind::kRowwiseAdagrad, .rate = .1F});
}

TEST_P(ElementwiseTest, DenseAdagrad) {
  CheckDenseUpdate({.kind = OptimizerKind::kAdagrad, .rate = .1F});
}

TEST_P(ElementwiseTest, DenseAdam) {
  CheckDenseUpdate({.kind = OptimizerKind::kAdam, .rate = .01F, .weight_decay = .01F});
}

TEST_P(ElementwiseTest, ZeroAndCopy) {
  Guarded<float> x(backend(), x_);
  Guarded<float> y(backend(), y_);
  const std::size_t bytes = x_.size() * sizeof(float);
  backend().Copy(x.data(), y.data(), bytes);
  backend().Zero(x.data(), bytes);
  ExpectEqual("copied", y.Values(), x_);
  ExpectEqual("zeroed", x.Values(), std::vector<float>(x_.size()));
}

INSTANTIATE_TEST_SUITE_P(
    Table, ElementwiseTest,
    EveryBackendWith(std::vector<ElementwiseCase>{
        {"empty", 0}, {"one", 1}, {"odd", 37}, {"row", 64}, {"thousand", 1000}, {"tasks", 100003}}),
    NameOf<ElementwiseCase>);

}  // namespace
}  // namespace shortlist::conformance
