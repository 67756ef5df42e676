#include "conformance/backends.h"
#include "conformance/guarded.h"
#include "conformance/reference.h"
#include "conformance/samples.h"

namespace shortlist::conformance {
namespace {

enum class Items { kDistinct, kRepeated, kAllTheSame };
enum class Options { kNone, kAll };

struct SoftmaxCase {
  std::string name;
  std::int64_t rows;
  std::int64_t columns;
  std::int64_t dimensions;
  float scale = 1;
  Items items = Items::kRepeated;
  Options options = Options::kAll;
  std::int64_t first_negative = 0;
};

std::ostream& operator<<(std::ostream& stream, const SoftmaxCase& row) {
  return stream << row.name;
}

std::vector<SoftmaxCase> Cases() {
  return {{"no_rows", 0, 7, 8},
          {"no_rows_no_columns", 0, 0, 8},
          {"one_value", 1, 1, 1},
          {"one_row", 1, 300, 64, 20},
          {"odd_widths", 5, 9, 7, 5},
          {"without_options", 20, 33, 16, 20, Items::kDistinct, Options::kNone},
          {"distinct_items", 20, 33, 16, 20, Items::kDistinct},
          {"all_masked_but_the_positive", 9, 40, 8, 20, Items::kAllTheSame},
          {"all_masked_over_tiles", 9, 600, 8, 20, Items::kAllTheSame},
          {"many_tiles", 70, 700, 24, 20},
          {"many_strips", 600, 50, 20, 20},
          {"rows_64", 64, 40, 8, 20},
          {"square_batch", 300, 300, 64, 20},
          {"scale_zero", 20, 30, 16, 0},
          {"negative_scale", 20, 30, 16, -3},
          {"own_items_only_in_front", 20, 33, 16, 20, Items::kRepeated, Options::kAll, 13},
          {"own_items_only_over_tiles", 40, 700, 24, 20, Items::kDistinct, Options::kAll, 390},
          {"no_negatives", 20, 33, 16, 20, Items::kRepeated, Options::kAll, 33},
          {"extreme_logits", 20, 300, 16, 1e4F},
          {"more_extreme_logits", 20, 300, 16, 1e8F}};
}

SoftmaxProblem MakeProblem(const SoftmaxCase& row) {
  Samples samples(41);
  SoftmaxProblem problem;
  problem.dimensions = row.dimensions;
  problem.queries = Widen(samples.Floats(row.rows * row.dimensions, -1, 1));
  problem.candidates = Widen(samples.Floats(row.columns * row.dimensions, -1, 1));
  for (std::int64_t b = 0; b < row.rows; ++b) problem.positives.push_back(samples.Below(row.columns));
  problem.scale = row.scale;
  problem.first_negative = row.first_negative;
  if (row.options == Options::kNone) return problem;
  problem.bias = Widen(samples.Floats(row.columns, 0, 10));
  problem.row_weights = Widen(samples.Floats(row.rows, 0, 2));
  problem.positive_bias = Widen(samples.Floats(row.rows, -5, 5));
  for (std::int64_t n = 0; n < row.columns; ++n) {
    const std::int32_t item = row.items == Items::kDistinct ? static_cast<std::int32_t>(n) : samples.Below(5);
    problem.item_ids.push_back(row.items == Items::kAllTheSame ? 3 : item);
  }
  return problem;
}

std::vector<float> Narrow(const Doubles& values) {
  return {values.begin(), values.end()};
}

class SoftmaxLossTest : public ConformanceTest<SoftmaxCase> {};

// With logits off by at most `error`, probabilities are off by a factor of at most exp(2 * error).
struct Bounds {
  double error;        // of any logit
  double probability;  // relative

  Bounds(const SoftmaxProblem& problem, const SoftmaxCase& row) {
    const double dot = static_cast<double>(row.dimensions);  // |values| <= 1
    error = SumBound(row.dimensions, std::abs(problem.scale) * dot) + 2 * kRoundoff * 15;
    probability = std::expm1(2 * error) + SumBound(row.columns, 1);
  }
};

// A gradient is at most a sum, over row shares of at most 2 / rows, of probabilities and one-hot positives times
// values of at most 1.
TEST_P(SoftmaxLossTest, LossAndGradients) {
  const SoftmaxCase& row = table_case();
  const SoftmaxProblem problem = MakeProblem(row);
  Guarded<float> queries(backend(), Narrow(problem.queries));
  Guarded<float> candidates(backend(), Narrow(problem.candidates));
  Guarded<std::int32_t> positives(backend(), problem.positives);
  Guarded<std::int32_t> item_ids(backend(), problem.item_ids);
  Guarded<float> bias(backend(), Narrow(problem.bias));
  Guarded<float> positive_bias(backend(), Narrow(problem.positive_bias));
  Guarded<float> row_weights(backend(), Narrow(problem.row_weights));
  Guarded<float> scale(backend(), std::vector<float>{row.scale});
  Guarded<float> loss(backend(), 1);
  Guarded<float> query_gradient(backend(), row.rows * row.dimensions);
  Guarded<float> candidate_gradient(backend(), row.columns * row.dimensions);
  Guarded<float> scale_gradient(backend(), 1);
  const bool all = row.options == Options::kAll;
  backend().SoftmaxLoss({.queries = {queries.data(), row.rows, row.dimensions},
                         .candidates = {candidates.data(), row.columns, row.dimensions},
                         .positives = positives.data(),
                         .item_ids = all ? item_ids.data() : nullptr,
                         .bias = all ? bias.data() : nullptr,
                         .positive_bias = all ? positive_bias.data() : nullptr,
                         .first_negative = row.first_negative,
                         .row_weights = all ? row_weights.data() : nullptr,
                         .scale = scale.data()},
                        {.loss = loss.data(),
                         .query_gradient = {query_gradient.data(), row.rows, row.dimensions},
                         .candidate_gradient = {candidate_gradient.data(), row.columns, row.dimensions},
                         .scale_gradient = scale_gradient.data()});

  const SoftmaxSolution expected = SolveSoftmax(problem);
  const Bounds bounds(problem, row);
  const double rows = static_cast<double>(std::max<std::int64_t>(1, row.rows));
  ExpectClose("loss", loss.Values(), {expected.loss},
              [&](std::size_t) { return 4 * bounds.error + SumBound(16, expected.loss); });
  // Both a probability and its positive's 1 may be rounded, hence the factor 2 on row shares.
  const double slope_error = std::min(2.0, bounds.probability) + 4 * kRoundoff;
  const double query_bound = std::abs(problem.scale) * 2 / rows * 2 * slope_error;
  ExpectClose("query_gradient", query_gradient.Values(), expected.query_gradient,
              [&](std::size_t) { return query_bound + SumBound(row.columns, query_bound); });
  ExpectClose("candidate_gradient", candidate_gradient.Values(), expected.candidate_gradient,
              [&](std::size_t) { return rows * query_bound; });
  ExpectClose("scale_gradient", scale_gradient.Values(), {expected.scale_gradient},
              [&](std::size_t) { return 2 * 2 * slope_error * static_cast<double>(row.dimensions); });
}

TEST_P(SoftmaxLossTest, ScaleGradientIsOptional) {
  const SoftmaxCase& row = table_case();
  const SoftmaxProblem problem = MakeProblem(row);
  Guarded<float> queries(backend(), Narrow(problem.queries));
  Guarded<float> candidates(backend(), Narrow(problem.candidates));
  Guarded<std::int32_t> positives(backend(), problem.positives);
  Guarded<float> scale(backend(), std::vector<float>{row.scale});
  Guarded<float> loss(backend(), 1);
  Guarded<float> query_gradient(backend(), row.rows * row.dimensions);
  Guarded<float> candidate_gradient(backend(), row.columns * row.dimensions);
  backend().SoftmaxLoss({.queries = {queries.data(), row.rows, row.dimensions},
                         .candidates = {candidates.data(), row.columns, row.dimensions},
                         .positives = positives.data(),
                         .scale = scale.data()},
                        {.loss = loss.data(),
                         .query_gradient = {query_gradient.data(), row.rows, row.dimensions},
                         .candidate_gradient = {candidate_gradient.data(), row.columns, row.dimensions}});
  EXPECT_TRUE(std::isfinite(loss.Values()[0]));
}

INSTANTIATE_TEST_SUITE_P(Table, SoftmaxLossTest, EveryBackendWith(Cases()), NameOf<SoftmaxCase>);

}  // namespace
}  // namespace shortlist::conformance
