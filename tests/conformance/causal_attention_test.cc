#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/samples.h"
#include "conformance/sequence_reference.h"

namespace shortlist::conformance {
namespace {

struct AttentionCase {
  std::string name;
  std::vector<std::int64_t> lengths;
  std::int64_t heads;
  std::int64_t key_columns;
  std::int64_t value_columns;
  std::int64_t distances = 0;
};

std::ostream& operator<<(std::ostream& stream, const AttentionCase& row) {
  return stream << row.name;
}

std::vector<std::int64_t> ManyLengths() {
  std::vector<std::int64_t> lengths;
  for (std::int64_t i = 0; i < 70; ++i) lengths.push_back(i * 7 % 12);
  return lengths;
}

std::vector<AttentionCase> Cases() {
  return {{"no_sequences", {}, 1, 8, 8, 4},
          {"empty_sequences", {0, 0}, 2, 8, 8},
          {"one_row", {1}, 1, 1, 1, 1},
          {"odd_widths", {3, 0, 7}, 3, 21, 9, 5},
          {"wider_values", {5, 9}, 2, 8, 66, 20},
          {"without_bias", {4, 1, 6, 0, 2}, 2, 64, 64},
          {"clamped_distances", {40, 3}, 2, 32, 32, 8},
          {"many_sequences", ManyLengths(), 2, 32, 32, 50},
          {"long_sequence", {150}, 4, 64, 64, 64},
          {"wide_head", {9, 33}, 1, 160, 288, 16}};
}

class AttentionTest : public ConformanceTest<AttentionCase> {
 protected:
  AttentionTest() {
    const AttentionCase& row = table_case();
    for (const std::int64_t length : row.lengths) problem_.offsets.push_back(problem_.offsets.back() + length);
    problem_.heads = row.heads;
    problem_.key_columns = row.key_columns;
    problem_.value_columns = row.value_columns;
    problem_.distances = row.distances;
    Samples samples(61);
    const std::int64_t rows = problem_.rows();
    queries_ = samples.Floats(rows * row.key_columns, -1, 1);
    keys_ = samples.Floats(rows * row.key_columns, -1, 1);
    values_ = samples.Floats(rows * row.value_columns, -1, 1);
    bias_ = samples.Floats(row.heads * row.distances, -1, 1);
    out_gradient_ = samples.Floats(rows * row.value_columns, -1, 1);
    bias_before_ = samples.Floats(row.heads * row.distances, -1, 1);
    problem_.queries = Widen(queries_);
    problem_.keys = Widen(keys_);
    problem_.values = Widen(values_);
    problem_.distance_bias = Widen(bias_);
  }

  const AttentionCase& table_case() const { return std::get<1>(GetParam()); }
  std::int64_t Longest() const {
    std::int64_t longest = 0;
    for (const std::int64_t length : table_case().lengths) longest = std::max(longest, length);
    return longest;
  }
  // Of an attention weight, relatively: with logits off by at most `error` it is off by a factor of exp(2 * error).
  double WeightError() const {
    const std::int64_t width = problem_.key_columns / problem_.heads;
    const double logit = std::sqrt(static_cast<double>(width)) + 1;
    const double error = SumBound(width, logit) + 4 * kRoundoff * (logit + std::log(150.0));
    return std::expm1(2 * error) + SumBound(Longest(), 1);
  }
  // Of weight * (out gradient . (value - out)), relative to the weight.
  double SlopeError() const {
    const std::int64_t width = problem_.value_columns / problem_.heads;
    const auto magnitude = static_cast<double>(2 * width);
    return 3 * magnitude * WeightError() + SumBound(width, 2 * magnitude);
  }

  AttentionProblem problem_;
  std::vector<float> queries_;
  std::vector<float> keys_;
  std::vector<float> values_;
  std::vector<float> bias_;
  std::vector<float> out_gradient_;
  std::vector<float> bias_before_;
};

TEST_P(AttentionTest, ForwardAndBackward) {
  const std::int64_t rows = problem_.rows();
  const std::int64_t key_columns = problem_.key_columns;
  const std::int64_t value_columns = problem_.value_columns;
  Guarded<std::int64_t> offsets(backend(), problem_.offsets);
  Guarded<float> queries(backend(), queries_);
  Guarded<float> keys(backend(), keys_);
  Guarded<float> values(backend(), values_);
  Guarded<float> bias(backend(), bias_);
  Guarded<float> out_gradient(backend(), out_gradient_);
  Guarded<float> out(backend(), rows * value_columns);
  Guarded<float> log_sums(backend(), rows * problem_.heads);
  Guarded<float> query_gradient(backend(), rows * key_columns);
  Guarded<float> key_gradient(backend(), rows * key_columns);
  Guarded<float> value_gradient(backend(), rows * value_columns);
  Guarded<float> bias_gradient(backend(), bias_before_);
  const bool biased = problem_.distances > 0;
  tensor::AttentionInputs inputs;
  inputs.queries = {queries.data(), rows, key_columns};
  inputs.keys = {keys.data(), rows, key_columns};
  inputs.values = {values.data(), rows, value_columns};
  inputs.sequences = {offsets.data(), static_cast<std::int64_t>(problem_.offsets.size()) - 1, rows, Longest()};
  inputs.heads = problem_.heads;
  if (biased) inputs.distance_bias = {bias.data(), problem_.heads, problem_.distances};
  tensor::AttentionGradients gradients;
  gradients.queries = {query_gradient.data(), rows, key_columns};
  gradients.keys = {key_gradient.data(), rows, key_columns};
  gradients.values = {value_gradient.data(), rows, value_columns};
  if (biased) gradients.distance_bias = {bias_gradient.data(), problem_.heads, problem_.distances};
  backend().CausalAttention(inputs, {out.data(), rows, value_columns}, log_sums.data());
  backend().CausalAttentionBackward(inputs, {out.data(), rows, value_columns}, log_sums.data(),
                                    {out_gradient.data(), rows, value_columns}, gradients);

  const AttentionSolution expected = AttendBackward(problem_, Widen(out_gradient_));
  const auto longest = static_cast<double>(Longest());
  const double weight_error = WeightError();
  const double slope_error = SlopeError();
  ExpectClose("out", out.Values(), Attend(problem_), [&](std::size_t) { return 2 * weight_error; });
  ExpectClose("query_gradient", query_gradient.Values(), expected.queries, [&](std::size_t) { return slope_error; });
  ExpectClose("key_gradient", key_gradient.Values(), expected.keys, [&](std::size_t) { return longest * slope_error; });
  ExpectClose("value_gradient", value_gradient.Values(), expected.values,
              [&](std::size_t) { return longest * 2 * weight_error; });
  Doubles bias_sum = expected.distance_bias;
  for (std::size_t i = 0; i < bias_sum.size(); ++i) bias_sum[i] += bias_before_[i];
  ExpectClose("distance_bias_gradient", bias_gradient.Values(), bias_sum,
              [&](std::size_t) { return static_cast<double>(rows + 1) * (slope_error + SumBound(Longest(), 2)); });
}

// A shopper's prefix has the same vector alone as within the longer history.
TEST_P(AttentionTest, RowsDoNotDependOnLaterOnes) {
  if (problem_.rows() < 2) return;
  const std::int64_t key_columns = problem_.key_columns;
  const std::int64_t value_columns = problem_.value_columns;
  const std::int64_t all = problem_.offsets.back();
  std::int64_t first = 0;  // of the last sequence that has rows
  for (const std::int64_t offset : problem_.offsets) first = offset < all ? offset : first;
  Guarded<float> queries(backend(), queries_);
  Guarded<float> keys(backend(), keys_);
  Guarded<float> values(backend(), values_);
  Guarded<float> bias(backend(), bias_);
  const auto run = [&](std::int64_t rows) {
    Guarded<std::int64_t> offsets(backend(), std::vector<std::int64_t>{0, rows});
    Guarded<float> out(backend(), rows * value_columns);
    Guarded<float> log_sums(backend(), rows * problem_.heads);
    tensor::AttentionInputs inputs;
    inputs.queries = {queries.data() + first * key_columns, rows, key_columns};
    inputs.keys = {keys.data() + first * key_columns, rows, key_columns};
    inputs.values = {values.data() + first * value_columns, rows, value_columns};
    inputs.sequences = {offsets.data(), 1, rows, rows};
    inputs.heads = problem_.heads;
    if (problem_.distances > 0) inputs.distance_bias = {bias.data(), problem_.heads, problem_.distances};
    backend().CausalAttention(inputs, {out.data(), rows, value_columns}, log_sums.data());
    return out.Values();
  };
  const std::vector<float> whole = run(all - first);
  const std::int64_t part = std::max<std::int64_t>(1, (all - first) / 2);
  const std::vector<float> prefix = run(part);
  ExpectEqual("prefix", prefix, std::span(whole).first(prefix.size()));
}

INSTANTIATE_TEST_SUITE_P(Table, AttentionTest, EveryBackendWith(Cases()), NameOf<AttentionCase>);

}  // namespace
}  // namespace shortlist::conformance
