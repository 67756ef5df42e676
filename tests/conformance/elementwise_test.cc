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
