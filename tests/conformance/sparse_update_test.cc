#include <memory>

#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/reference.h"
#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

using tensor::Optimizer;
using tensor::OptimizerKind;

struct SparseUpdateCase {
  std::string name;
  std::int64_t table_rows;
  std::int64_t columns;
  std::vector<std::vector<std::int64_t>> uses;  // bag lengths
};

std::ostream& operator<<(std::ostream& stream, const SparseUpdateCase& row) {
  return stream << row.name;
}

std::vector<std::int64_t> MostlyEmpty(std::size_t bags) {
  std::vector<std::int64_t> lengths(bags);
  for (std::size_t i = 0; i < bags; i += 100) lengths[i] = static_cast<std::int64_t>(i % 70);
  return lengths;
}

std::vector<SparseUpdateCase> Cases() {
  return {{"no_uses", 4, 8, {}},
          {"no_rows", 4, 8, {{}, {}}},
          {"only_empty_bags", 4, 8, {{0, 0}}},
          {"one_value", 1, 1, {{1}}},
          {"odd_width", 9, 7, {{1, 0, 4}}},
          {"one_row_many_times", 1, 33, {{40, 40, 3}, {200}}},
          {"tied_table", 60, 64, {{50, 0, 3, 20}, {1, 1, 1, 1, 1}}},
          {"three_uses_width_100", 500, 100, {{30, 30}, {1, 0, 1}, {7}}},
          {"one_row_16_times", 1, 8, {{16}}},
          {"one_row_128_times", 1, 8, {{128}}},
          {"one_row_129_times", 1, 8, {{100, 29}}},
          {"one_row_256_times", 1, 8, {{256}}},
          {"one_row_3000_times", 1, 20, {std::vector<std::int64_t>(50, 60)}},
          {"three_rows_many_times", 3, 64, {{600}, {300, 100}}},
          {"mostly_empty_bags", 50, 8, {MostlyEmpty(1200)}},
          {"wide_rows", 30, 320, {{30, 0, 60}, {9}}},
          {"wide_rows_of_odd_width", 12, 301, {{200}}},
          {"width_257", 12, 257, {{30}}},
          {"very_wide_rows", 3, 7200, {{20, 30}}},
          {"wide_ids", 70000, 12, {std::vector<std::int64_t>(300, 5), std::vector<std::int64_t>(100, 1)}}};
}

// The uses of a step, on the host and on the device.
class Uses {
 public:
  Uses(tensor::Backend& backend, Samples& samples, const SparseUpdateCase& row) : row_(row) {
    for (const auto& lengths : row.uses) {
      bags_.push_back(samples.Bags(lengths, row.table_rows));
      gradients_.push_back(samples.Floats(bags_.back().rows() * row.columns, -1, 1));
      device_bags_.push_back(std::make_unique<GuardedBags>(backend, bags_.back()));
      device_gradients_.push_back(std::make_unique<Guarded<float>>(backend, gradients_.back()));
    }
  }

  std::vector<tensor::SparseGradient> device() {
    std::vector<tensor::SparseGradient> uses;
    for (std::size_t i = 0; i < bags_.size(); ++i) {
      uses.push_back({device_bags_[i]->view(), {device_gradients_[i]->data(), bags_[i].rows(), row_.columns}});
    }
    return uses;
  }

  Doubles TableGradient() const { return Sum(Widen); }
  Doubles TableMagnitude() const { return Sum(Magnitudes); }
  std::int64_t occurrences() const {
    std::int64_t count = 0;
    for (const base::Bags& bags : bags_) count += static_cast<std::int64_t>(bags.ids.size());
    return count;
  }
  std::vector<bool> Touched() const {
    std::vector<bool> touched(static_cast<std::size_t>(row_.table_rows));
    for (const base::Bags& bags : bags_) {
      for (const std::int32_t id : bags.ids) touched[static_cast<std::size_t>(id)] = true;
    }
    return touched;
  }

 private:
  Doubles Sum(Doubles (*convert)(std::span<const float>)) const {
    Doubles sum(static_cast<std::size_t>(row_.table_rows * row_.columns));
    for (std::size_t i = 0; i < bags_.size(); ++i) {
      const Doubles part =
          ScatterAdd(convert(gradients_[i]), row_.columns, bags_[i], convert(bags_[i].weights), row_.table_rows);
      for (std::size_t j = 0; j < sum.size(); ++j) sum[j] += part[j];
    }
    return sum;
  }

  SparseUpdateCase row_;
  std::vector<base::Bags> bags_;
  std::vector<std::vector<float>> gradients_;
  std::vector<std::unique_ptr<GuardedBags>> device_bags_;
  std::vector<std::unique_ptr<Guarded<float>>> device_gradients_;
};

Doubles RowOf(const Doubles& values, std::size_t row, std::size_t columns) {
  const auto begin = values.begin() + static_cast<std::ptrdiff_t>(row * columns);
  return {begin, begin + static_cast<std::ptrdiff_t>(columns)};
}

void SetRow(const Doubles& values, std::size_t row, Doubles& all) {
  std::copy(values.begin(), values.end(), all.begin() + static_cast<std::ptrdiff_t>(row * values.size()));
}

class SparseUpdateTest : public ConformanceTest<SparseUpdateCase> {
 protected:
  // Rows that have been updated a few times before: moments not negative where they must not be, whole step counts.
  static std::vector<float> PlausibleState(Samples& samples, OptimizerKind kind, std::int64_t rows,
                                           std::int64_t columns) {
    const std::int64_t width = tensor::StateWidth(kind, columns);
    std::vector<float> state = samples.Floats(rows * width, .5F, 2);
    for (std::int64_t r = 0; kind == OptimizerKind::kAdam && r < rows; ++r) {
      state[static_cast<std::size_t>((r + 1) * width - 1)] = static_cast<float>(r % 5);
    }
    return state;
  }

  // Table and state begin `shift` floats behind the beginning of an array.
  void Check(const Optimizer& optimizer, std::int64_t shift = 0) {
    Samples samples(12);
    const SparseUpdateCase& row = table_case();
    Uses uses(backend(), samples, row);
    const std::vector<float> table = samples.Floats(row.table_rows * row.columns, -1, 1);
    const std::int64_t width = tensor::StateWidth(optimizer.kind, row.columns);
    const std::vector<float> state = PlausibleState(samples, optimizer.kind, row.table_rows, row.columns);
    Guarded<float> device_table(backend(), Shifted(table, shift));
    Guarded<float> device_state(backend(), Shifted(state, shift));
    backend().SparseUpdate({device_table.data() + shift, row.table_rows, row.columns},
                           {device_state.data() + shift, row.table_rows, width}, uses.device(), optimizer);
    const std::vector<float> new_table = ShiftedBack(device_table.Values(), shift);
    const std::vector<float> new_state = ShiftedBack(device_state.Values(), shift);

    Doubles expected_table = Widen(table);
    Doubles expected_state = Widen(state);
    const Doubles gradient = uses.TableGradient();
    const std::vector<bool> touched = uses.Touched();
    for (std::size_t r = 0; r < touched.size(); ++r) {
      if (!touched[r]) continue;
      Doubles parameters = RowOf(expected_table, r, static_cast<std::size_t>(row.columns));
      Doubles row_state = RowOf(expected_state, r, static_cast<std::size_t>(width));
      UpdateRow(optimizer, RowOf(gradient, r, static_cast<std::size_t>(row.columns)), parameters, row_state);
      SetRow(parameters, r, expected_table);
      SetRow(row_state, r, expected_state);
    }
    // States of at least .5 keep every rule's derivative by the gradient below 4 * rate for parameters and below
    // 2 * |gradient| + 1 for states, so the gradient's own bound carries over; 16 roundings of the rule come on top.
    const Doubles magnitude = uses.TableMagnitude();
    const double largest = magnitude.empty() ? 0 : *std::max_element(magnitude.begin(), magnitude.end());
    const double gradient_bound = SumBound(uses.occurrences(), largest);
    ExpectClose("table", new_table, expected_table, [&](std::size_t i) {
      return optimizer.rate * (4 * gradient_bound + 16 * kRoundoff * (1 + largest)) +
             2 * kRoundoff * std::abs(expected_table[i]);
    });
    ExpectClose("state", new_state, expected_state, [&](std::size_t i) {
      return (2 * largest + 1) * gradient_bound + 16 * kRoundoff * std::abs(expected_state[i]);
    });
    ExpectUntouchedRowsAreTheSame(touched, table, new_table);
    ExpectUntouchedRowsAreTheSame(touched, state, new_state);
  }

  static void ExpectUntouchedRowsAreTheSame(const std::vector<bool>& touched, const std::vector<float>& before,
                                            const std::vector<float>& after) {
    const std::size_t columns = before.size() / touched.size();
    for (std::size_t i = 0; i < before.size(); ++i) {
      if (touched[i / columns]) continue;
      ASSERT_EQ(before[i], after[i]) << "row " << i / columns << " was not used";
    }
  }
};

TEST_P(SparseUpdateTest, Sgd) {
  Check({.kind = OptimizerKind::kSgd, .rate = .1F});
}

TEST_P(SparseUpdateTest, RowwiseAdagrad) {
  Check({.kind = OptimizerKind::kRowwiseAdagrad, .rate = .05F});
}

TEST_P(SparseUpdateTest, Adagrad) {
  Check({.kind = OptimizerKind::kAdagrad, .rate = .05F});
}

TEST_P(SparseUpdateTest, Adam) {
  Check({.kind = OptimizerKind::kAdam, .rate = .01F});
}

TEST_P(SparseUpdateTest, AdamWithOtherBetasAndWeightDecay) {
  Check(
      {.kind = OptimizerKind::kAdam, .rate = .01F, .beta1 = .8F, .beta2 = .98F, .epsilon = 1e-6F, .weight_decay = .1F});
}

TEST_P(SparseUpdateTest, SgdWithWeightDecay) {
  Check({.kind = OptimizerKind::kSgd, .rate = .1F, .weight_decay = .1F});
}

TEST_P(SparseUpdateTest, MatricesMayBeginAtAnyFloat) {
  Check({.kind = OptimizerKind::kAdagrad, .rate = .05F}, 1);
}

TEST_P(SparseUpdateTest, ScatterAddHasTheSameGradient) {
  Samples samples(13);
  const SparseUpdateCase& row = table_case();
  Uses uses(backend(), samples, row);
  const std::vector<float> before = samples.Floats(row.table_rows * row.columns, -1, 1);
  Guarded<float> gradient(backend(), before);
  backend().ScatterAdd(uses.device(), {gradient.data(), row.table_rows, row.columns});
  Doubles expected = uses.TableGradient();
  const Doubles magnitude = uses.TableMagnitude();
  for (std::size_t i = 0; i < before.size(); ++i) expected[i] += before[i];
  ExpectClose("gradient", gradient.Values(), expected,
              [&](std::size_t i) { return SumBound(uses.occurrences(), magnitude[i] + std::abs(before[i])); });
}

// A table whose every row is used in every step, against dense updates of each row with the scattered gradient.
TEST_P(SparseUpdateTest, LazyAdamEqualsDenseAdamOnTouchedRows) {
  Samples samples(14);
  const SparseUpdateCase& row = table_case();
  const Optimizer optimizer{.kind = OptimizerKind::kAdam, .rate = .01F, .weight_decay = .01F};
  const std::int64_t width = tensor::StateWidth(optimizer.kind, row.columns);
  const std::vector<float> start = samples.Floats(row.table_rows * row.columns, -1, 1);
  const std::vector<float> empty_state(static_cast<std::size_t>(row.table_rows * width));
  Guarded<float> sparse(backend(), start);
  Guarded<float> sparse_state(backend(), empty_state);
  Guarded<float> dense(backend(), start);
  Guarded<float> dense_state(backend(), empty_state);
  for (int step = 0; step < 5; ++step) {
    Uses uses(backend(), samples, row);
    backend().SparseUpdate({sparse.data(), row.table_rows, row.columns}, {sparse_state.data(), row.table_rows, width},
                           uses.device(), optimizer);
    Guarded<float> gradient(backend(), std::vector<float>(start.size()));
    backend().ScatterAdd(uses.device(), {gradient.data(), row.table_rows, row.columns});
    const std::vector<bool> touched = uses.Touched();
    for (std::int64_t r = 0; r < row.table_rows; ++r) {
      if (!touched[static_cast<std::size_t>(r)]) continue;
      backend().DenseUpdate(dense.data() + r * row.columns, gradient.data() + r * row.columns,
                            dense_state.data() + r * width, row.columns, optimizer);
    }
  }
  // Five steps of at most `rate` each, every one correct to a few roundings, and gradients summed in any order.
  const auto bound = [&](std::size_t) { return 5 * (SumBound(1, 1) + optimizer.rate * 1e-4); };
  ExpectClose("table", sparse.Values(), Widen(dense.Values()), bound);
}

INSTANTIATE_TEST_SUITE_P(Table, SparseUpdateTest, EveryBackendWith(Cases()), NameOf<SparseUpdateCase>);

}  // namespace
}  // namespace shortlist::conformance
