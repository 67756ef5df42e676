#include "conformance/reference.h"

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>
#include <set>

namespace shortlist::conformance {
namespace {

std::size_t At(std::int64_t row, std::int64_t column, std::int64_t columns) {
  return static_cast<std::size_t>(row * columns + column);
}

double DotOf(const Doubles& a, std::int64_t row_a, const Doubles& b, std::int64_t row_b, std::int64_t columns) {
  double sum = 0;
  for (std::int64_t c = 0; c < columns; ++c) sum += a[At(row_a, c, columns)] * b[At(row_b, c, columns)];
  return sum;
}

}  // namespace

Doubles GatherPool(const Doubles& table, std::int64_t columns, const base::Bags& bags, const Doubles& weights) {
  Doubles out(At(bags.rows(), 0, columns));
  for (std::int64_t r = 0; r < bags.rows(); ++r) {
    for (auto i = static_cast<std::size_t>(bags.offsets[static_cast<std::size_t>(r)]);
         i < static_cast<std::size_t>(bags.offsets[static_cast<std::size_t>(r) + 1]); ++i) {
      for (std::int64_t c = 0; c < columns; ++c)
        out[At(r, c, columns)] += weights[i] * table[At(bags.ids[i], c, columns)];
    }
  }
  return out;
}

Doubles ScatterAdd(const Doubles& pooled_gradient, std::int64_t columns, const base::Bags& bags, const Doubles& weights,
                   std::int64_t table_rows) {
  Doubles gradient(At(table_rows, 0, columns));
  for (std::int64_t r = 0; r < bags.rows(); ++r) {
    for (auto i = static_cast<std::size_t>(bags.offsets[static_cast<std::size_t>(r)]);
         i < static_cast<std::size_t>(bags.offsets[static_cast<std::size_t>(r) + 1]); ++i) {
      for (std::int64_t c = 0; c < columns; ++c) {
        gradient[At(bags.ids[i], c, columns)] += weights[i] * pooled_gradient[At(r, c, columns)];
      }
    }
  }
  return gradient;
}

void UpdateRow(const tensor::Optimizer& optimizer, const Doubles& gradient, Doubles& parameters, Doubles& state) {
  const std::size_t columns = gradient.size();
  const double rate = optimizer.rate;
  const double beta1 = optimizer.beta1;
  const double beta2 = optimizer.beta2;
  double mean_square = 0;
  for (const double g : gradient) mean_square += g * g / static_cast<double>(columns);
  if (optimizer.kind == tensor::OptimizerKind::kRowwiseAdagrad) state[0] += mean_square;
  if (optimizer.kind == tensor::OptimizerKind::kAdam) state[2 * columns] += 1;
  for (std::size_t c = 0; c < columns; ++c) {
    const double g = gradient[c];
    double step = g;
    if (optimizer.kind == tensor::OptimizerKind::kRowwiseAdagrad) {
      step = g / (std::sqrt(state[0]) + optimizer.epsilon);
    } else if (optimizer.kind == tensor::OptimizerKind::kAdagrad) {
      state[c] += g * g;
      step = g / (std::sqrt(state[c]) + optimizer.epsilon);
    } else if (optimizer.kind == tensor::OptimizerKind::kAdam) {
      state[c] = beta1 * state[c] + (1 - beta1) * g;
      state[columns + c] = beta2 * state[columns + c] + (1 - beta2) * g * g;
      const double first = state[c] / (1 - std::pow(beta1, state[2 * columns]));
      const double second = state[columns + c] / (1 - std::pow(beta2, state[2 * columns]));
      step = first / (std::sqrt(second) + optimizer.epsilon);
    }
    parameters[c] -= rate * optimizer.weight_decay * parameters[c] + rate * step;
  }
}

Doubles Affine(const LinearShape& shape, const Doubles& input, const Doubles& weight, const Doubles& bias) {
  Doubles out(At(shape.batch, 0, shape.outputs));
  for (std::int64_t r = 0; r < shape.batch; ++r) {
    for (std::int64_t o = 0; o < shape.outputs; ++o) {
      double sum = bias.empty() ? 0 : bias[static_cast<std::size_t>(o)];
      for (std::int64_t i = 0; i < shape.inputs; ++i) {
        sum += input[At(r, i, shape.inputs)] * weight[At(i, o, shape.outputs)];
      }
      out[At(r, o, shape.outputs)] = sum;
    }
  }
  return out;
}

Doubles Relu(Doubles values) {
  for (double& value : values) value = std::max(value, 0.0);
  return values;
}

LinearGradients AffineBackward(const LinearShape& shape, const Doubles& input, const Doubles& weight,
                               const Doubles& slope) {
  LinearGradients gradients{Doubles(input.size()), Doubles(weight.size()),
                            Doubles(static_cast<std::size_t>(shape.outputs))};
  for (std::int64_t r = 0; r < shape.batch; ++r) {
    for (std::int64_t o = 0; o < shape.outputs; ++o) {
      const double g = slope[At(r, o, shape.outputs)];
      gradients.bias[static_cast<std::size_t>(o)] += g;
      for (std::int64_t i = 0; i < shape.inputs; ++i) {
        gradients.input[At(r, i, shape.inputs)] += g * weight[At(i, o, shape.outputs)];
        gradients.weight[At(i, o, shape.outputs)] += g * input[At(r, i, shape.inputs)];
      }
    }
  }
  return gradients;
}

Doubles NormalizeRows(const Doubles& input, std::int64_t columns) {
  Doubles out(input.size());
  for (std::int64_t r = 0; r * columns < static_cast<std::int64_t>(input.size()); ++r) {
    const double norm = std::max(std::sqrt(DotOf(input, r, input, r, columns)), 1e-12);
    for (std::int64_t c = 0; c < columns; ++c) out[At(r, c, columns)] = input[At(r, c, columns)] / norm;
  }
  return out;
}

Doubles NormalizeRowsBackward(const Doubles& input, const Doubles& out_gradient, std::int64_t columns) {
  const Doubles out = NormalizeRows(input, columns);
  Doubles gradient(input.size());
  for (std::int64_t r = 0; r * columns < static_cast<std::int64_t>(input.size()); ++r) {
    const double norm = std::sqrt(DotOf(input, r, input, r, columns));
    if (norm <= 1e-12) continue;
    const double along = DotOf(out, r, out_gradient, r, columns);
    for (std::int64_t c = 0; c < columns; ++c) {
      const std::size_t at = At(r, c, columns);
      gradient[at] = (out_gradient[at] - out[at] * along) / norm;
    }
  }
  return gradient;
}

namespace {

constexpr double kMasked = -std::numeric_limits<double>::infinity();

double Logit(const SoftmaxProblem& problem, std::int64_t b, std::int64_t n) {
  const std::int32_t positive = problem.positives[static_cast<std::size_t>(b)];
  const auto column = static_cast<std::size_t>(n);
  const bool same_item =
      !problem.item_ids.empty() && problem.item_ids[column] == problem.item_ids[static_cast<std::size_t>(positive)];
  if ((same_item || n < problem.first_negative) && n != positive) return kMasked;
  double bias = problem.bias.empty() ? 0 : problem.bias[column];
  if (n == positive && !problem.positive_bias.empty()) bias += problem.positive_bias[static_cast<std::size_t>(b)];
  return problem.scale * DotOf(problem.queries, b, problem.candidates, n, problem.dimensions) + bias;
}

// Probabilities of row b, and its loss.
Doubles RowSoftmax(const SoftmaxProblem& problem, std::int64_t b, double& loss) {
  Doubles logits;
  for (std::int64_t n = 0; n < problem.columns(); ++n) logits.push_back(Logit(problem, b, n));
  const double positive = logits[static_cast<std::size_t>(problem.positives[static_cast<std::size_t>(b)])];
  const double largest = *std::max_element(logits.begin(), logits.end());
  double sum = 0;
  for (double& logit : logits) sum += logit = std::exp(logit - largest);
  for (double& logit : logits) logit /= sum;
  loss = std::log(sum) + largest - positive;
  return logits;
}

double RowShare(const SoftmaxProblem& problem, std::int64_t b) {
  const double weight = problem.row_weights.empty() ? 1 : problem.row_weights[static_cast<std::size_t>(b)];
  return weight / static_cast<double>(problem.rows());
}

}  // namespace

double SoftmaxLoss(const SoftmaxProblem& problem) {
  double total = 0;
  for (std::int64_t b = 0; b < problem.rows(); ++b) {
    double loss = 0;
    RowSoftmax(problem, b, loss);
    total += RowShare(problem, b) * loss;
  }
  return total;
}

SoftmaxSolution SolveSoftmax(const SoftmaxProblem& problem) {
  SoftmaxSolution solution{SoftmaxLoss(problem), Doubles(problem.queries.size()), Doubles(problem.candidates.size()),
                           0};
  for (std::int64_t b = 0; b < problem.rows(); ++b) {
    double loss = 0;
    Doubles slope = RowSoftmax(problem, b, loss);
    slope[static_cast<std::size_t>(problem.positives[static_cast<std::size_t>(b)])] -= 1;
    for (std::int64_t n = 0; n < problem.columns(); ++n) {
      const double g = RowShare(problem, b) * slope[static_cast<std::size_t>(n)];
      solution.scale_gradient += g * DotOf(problem.queries, b, problem.candidates, n, problem.dimensions);
      for (std::int64_t d = 0; d < problem.dimensions; ++d) {
        const std::size_t query = At(b, d, problem.dimensions);
        const std::size_t candidate = At(n, d, problem.dimensions);
        solution.query_gradient[query] += problem.scale * g * problem.candidates[candidate];
        solution.candidate_gradient[candidate] += problem.scale * g * problem.queries[query];
      }
    }
  }
  return solution;
}

std::vector<Neighbor> TopK(const Doubles& queries, const Doubles& candidates, std::int64_t dimensions, std::int64_t k,
                           const base::Bags& excluded) {
  std::vector<Neighbor> all;
  const std::int64_t rows = static_cast<std::int64_t>(queries.size()) / dimensions;
  const std::int64_t columns = static_cast<std::int64_t>(candidates.size()) / dimensions;
  for (std::int64_t r = 0; r < rows; ++r) {
    std::set<std::int32_t> hidden;
    if (excluded.rows() > 0) {
      hidden.insert(excluded.ids.begin() + excluded.offsets[static_cast<std::size_t>(r)],
                    excluded.ids.begin() + excluded.offsets[static_cast<std::size_t>(r) + 1]);
    }
    std::vector<Neighbor> neighbors;
    for (std::int64_t n = 0; n < columns; ++n) {
      const auto id = static_cast<std::int32_t>(n);
      if (hidden.count(id) == 0) neighbors.push_back({id, DotOf(queries, r, candidates, n, dimensions)});
    }
    std::stable_sort(neighbors.begin(), neighbors.end(),
                     [](const Neighbor& a, const Neighbor& b) { return a.score > b.score; });
    neighbors.resize(static_cast<std::size_t>(k), {-1, -std::numeric_limits<double>::infinity()});
    all.insert(all.end(), neighbors.begin(), neighbors.end());
  }
  return all;
}

std::uint32_t RandomWord(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  const std::uint64_t block = index / 4;
  std::uint64_t left0 = block & 0xFFFFFFFF;
  std::uint64_t right0 = block >> 32;
  std::uint64_t left1 = stream & 0xFFFFFFFF;
  std::uint64_t right1 = stream >> 32;
  std::uint64_t key0 = seed & 0xFFFFFFFF;
  std::uint64_t key1 = seed >> 32;
  for (int round = 0; round < 10; ++round) {
    const std::uint64_t product0 = 0xD2511F53ULL * left0;
    const std::uint64_t product1 = 0xCD9E8D57ULL * left1;
    left0 = (product1 >> 32) ^ right0 ^ key0;
    left1 = (product0 >> 32) ^ right1 ^ key1;
    right0 = product1 & 0xFFFFFFFF;
    right1 = product0 & 0xFFFFFFFF;
    key0 = (key0 + 0x9E3779B9) & 0xFFFFFFFF;
    key1 = (key1 + 0xBB67AE85) & 0xFFFFFFFF;
  }
  const std::uint64_t words[4] = {left0, right0, left1, right1};
  return static_cast<std::uint32_t>(words[index % 4]);
}

double Uniform(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  return (RandomWord(seed, stream, index) >> 8) / 16777216.0;
}

double Normal(std::uint64_t seed, std::uint64_t stream, std::uint64_t index) {
  const std::uint64_t first = index / 2 * 2;
  const double radius = std::sqrt(-2 * std::log(1 - Uniform(seed, stream, first)));
  const double angle = 2 * std::numbers::pi * Uniform(seed, stream, first + 1);
  return radius * (index % 2 == 0 ? std::cos(angle) : std::sin(angle));
}

}  // namespace shortlist::conformance
