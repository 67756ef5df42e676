#include "conformance/sequence_reference.h"

#include <algorithm>
#include <cmath>

#include "tensor/backend.h"

namespace shortlist::conformance {
namespace {

std::size_t At(std::int64_t row, std::int64_t column, std::int64_t columns) {
  return static_cast<std::size_t>(row * columns + column);
}

struct RowStatistics {
  double mean = 0;
  double deviation = 0;
};

RowStatistics StatisticsOf(const LayerNormProblem& problem, std::int64_t row) {
  const auto columns = static_cast<double>(problem.columns);
  RowStatistics statistics;
  for (std::int64_t c = 0; c < problem.columns; ++c) statistics.mean += problem.input[At(row, c, problem.columns)];
  statistics.mean /= columns;
  double variance = 0;
  for (std::int64_t c = 0; c < problem.columns; ++c) {
    variance += std::pow(problem.input[At(row, c, problem.columns)] - statistics.mean, 2);
  }
  statistics.deviation = 1 / std::sqrt(variance / columns + static_cast<double>(tensor::kLayerNormEpsilon));
  return statistics;
}

// Calls visit(head, i, j, weight) for every row i, in order, and every row j that it reads.
template <class Visit>
void VisitWeights(const AttentionProblem& problem, Visit visit) {
  const std::int64_t width = problem.key_columns / problem.heads;
  for (std::size_t s = 0; s + 1 < problem.offsets.size(); ++s) {
    for (std::int64_t h = 0; h < problem.heads; ++h) {
      for (std::int64_t i = problem.offsets[s]; i < problem.offsets[s + 1]; ++i) {
        Doubles weights;
        double sum = 0;
        for (std::int64_t j = problem.offsets[s]; j <= i; ++j) {
          double logit = 0;
          for (std::int64_t c = h * width; c < (h + 1) * width; ++c) {
            logit += problem.queries[At(i, c, problem.key_columns)] * problem.keys[At(j, c, problem.key_columns)];
          }
          logit /= std::sqrt(static_cast<double>(width));
          if (problem.distances > 0) {
            logit += problem.distance_bias[At(h, std::min(i - j, problem.distances - 1), problem.distances)];
          }
          weights.push_back(std::exp(logit));
          sum += weights.back();
        }
        for (std::int64_t j = problem.offsets[s]; j <= i; ++j) {
          visit(h, i, j, weights[static_cast<std::size_t>(j - problem.offsets[s])] / sum);
        }
      }
    }
  }
}

double Sigmoid(double x) {
  return 1 / (1 + std::exp(-x));
}

// Products of the state before `row` with the recurrent weight, [3 * width].
Doubles Products(const GruProblem& problem, const Doubles& state) {
  Doubles products(static_cast<std::size_t>(3 * problem.width));
  for (std::int64_t k = 0; k < problem.width; ++k) {
    for (std::int64_t c = 0; c < 3 * problem.width; ++c) {
      products[static_cast<std::size_t>(c)] +=
          state[static_cast<std::size_t>(k)] * problem.recurrent_weight[At(k, c, 3 * problem.width)];
    }
  }
  return products;
}

struct Unit {
  double reset;
  double update;
  double candidate;
  double product;
};

Unit UnitOf(const GruProblem& problem, const Doubles& products, std::int64_t row, std::int64_t c) {
  const auto own = [&](std::int64_t gate) {
    return problem.input_gates[At(row, gate * problem.width + c, 3 * problem.width)];
  };
  const auto product = [&](std::int64_t gate) { return products[static_cast<std::size_t>(gate * problem.width + c)]; };
  const double reset = Sigmoid(own(0) + product(0));
  return {reset, Sigmoid(own(1) + product(1)), std::tanh(own(2) + reset * product(2)), product(2)};
}

Doubles StateBefore(const GruProblem& problem, const Doubles& out, std::int64_t first, std::int64_t row) {
  if (row == first) return Doubles(static_cast<std::size_t>(problem.width));
  const auto begin = out.begin() + (row - 1) * problem.width;
  return {begin, begin + problem.width};
}

}  // namespace

Doubles LayerNorm(const LayerNormProblem& problem) {
  Doubles out(problem.input.size());
  const auto rows = static_cast<std::int64_t>(problem.input.size()) / problem.columns;
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto [mean, deviation] = StatisticsOf(problem, r);
    for (std::int64_t c = 0; c < problem.columns; ++c) {
      const std::size_t at = At(r, c, problem.columns);
      const auto column = static_cast<std::size_t>(c);
      out[at] = (problem.input[at] - mean) * deviation * problem.gain[column] + problem.bias[column];
    }
  }
  return out;
}

LayerNormGradients LayerNormBackward(const LayerNormProblem& problem, const Doubles& out_gradient) {
  LayerNormGradients gradients = {Doubles(problem.input.size()), Doubles(problem.gain.size()),
                                  Doubles(problem.gain.size())};
  const auto rows = static_cast<std::int64_t>(problem.input.size()) / problem.columns;
  for (std::int64_t r = 0; r < rows; ++r) {
    const auto [mean, deviation] = StatisticsOf(problem, r);
    double shift = 0;
    double along = 0;
    for (std::int64_t c = 0; c < problem.columns; ++c) {
      const std::size_t at = At(r, c, problem.columns);
      const auto column = static_cast<std::size_t>(c);
      const double normalized = (problem.input[at] - mean) * deviation;
      gradients.gain[column] += out_gradient[at] * normalized;
      gradients.bias[column] += out_gradient[at];
      shift += problem.gain[column] * out_gradient[at] / static_cast<double>(problem.columns);
      along += problem.gain[column] * out_gradient[at] * normalized / static_cast<double>(problem.columns);
    }
    for (std::int64_t c = 0; c < problem.columns; ++c) {
      const std::size_t at = At(r, c, problem.columns);
      const double normalized = (problem.input[at] - mean) * deviation;
      const double slope = problem.gain[static_cast<std::size_t>(c)] * out_gradient[at];
      gradients.input[at] = (slope - shift - normalized * along) * deviation;
    }
  }
  return gradients;
}

Doubles Attend(const AttentionProblem& problem) {
  Doubles out(problem.values.size());
  const std::int64_t width = problem.value_columns / problem.heads;
  VisitWeights(problem, [&](std::int64_t h, std::int64_t i, std::int64_t j, double weight) {
    for (std::int64_t c = h * width; c < (h + 1) * width; ++c) {
      out[At(i, c, problem.value_columns)] += weight * problem.values[At(j, c, problem.value_columns)];
    }
  });
  return out;
}

AttentionSolution AttendBackward(const AttentionProblem& problem, const Doubles& out_gradient) {
  const Doubles out = Attend(problem);
  AttentionSolution solution = {Doubles(problem.queries.size()), Doubles(problem.keys.size()),
                                Doubles(problem.values.size()), Doubles(problem.distance_bias.size())};
  const std::int64_t key_width = problem.key_columns / problem.heads;
  const std::int64_t value_width = problem.value_columns / problem.heads;
  VisitWeights(problem, [&](std::int64_t h, std::int64_t i, std::int64_t j, double weight) {
    double slope = 0;
    for (std::int64_t c = h * value_width; c < (h + 1) * value_width; ++c) {
      const std::size_t at_i = At(i, c, problem.value_columns);
      const std::size_t at_j = At(j, c, problem.value_columns);
      solution.values[at_j] += weight * out_gradient[at_i];
      slope += weight * out_gradient[at_i] * (problem.values[at_j] - out[at_i]);
    }
    for (std::int64_t c = h * key_width; c < (h + 1) * key_width; ++c) {
      const std::size_t at_i = At(i, c, problem.key_columns);
      const std::size_t at_j = At(j, c, problem.key_columns);
      solution.queries[at_i] += slope * problem.keys[at_j] / std::sqrt(static_cast<double>(key_width));
      solution.keys[at_j] += slope * problem.queries[at_i] / std::sqrt(static_cast<double>(key_width));
    }
    if (problem.distances == 0) return;
    solution.distance_bias[At(h, std::min(i - j, problem.distances - 1), problem.distances)] += slope;
  });
  return solution;
}

Doubles Gru(const GruProblem& problem) {
  Doubles out(static_cast<std::size_t>(problem.rows() * problem.width));
  for (std::size_t s = 0; s + 1 < problem.offsets.size(); ++s) {
    for (std::int64_t row = problem.offsets[s]; row < problem.offsets[s + 1]; ++row) {
      const Doubles state = StateBefore(problem, out, problem.offsets[s], row);
      const Doubles products = Products(problem, state);
      for (std::int64_t c = 0; c < problem.width; ++c) {
        const Unit unit = UnitOf(problem, products, row, c);
        out[At(row, c, problem.width)] =
            (1 - unit.update) * unit.candidate + unit.update * state[static_cast<std::size_t>(c)];
      }
    }
  }
  return out;
}

GruGradients GruBackward(const GruProblem& problem, const Doubles& out_gradient) {
  const Doubles out = Gru(problem);
  const std::int64_t width = problem.width;
  GruGradients gradients = {Doubles(problem.input_gates.size()), Doubles(problem.recurrent_weight.size())};
  for (std::size_t s = 0; s + 1 < problem.offsets.size(); ++s) {
    Doubles carried(static_cast<std::size_t>(width));
    for (std::int64_t row = problem.offsets[s + 1]; row-- > problem.offsets[s];) {
      const Doubles state = StateBefore(problem, out, problem.offsets[s], row);
      const Doubles products = Products(problem, state);
      Doubles product_gradient(static_cast<std::size_t>(3 * width));
      for (std::int64_t c = 0; c < width; ++c) {
        const auto column = static_cast<std::size_t>(c);
        const Unit unit = UnitOf(problem, products, row, c);
        const double gradient = carried[column] + out_gradient[At(row, c, width)];
        const double candidate = gradient * (1 - unit.update) * (1 - unit.candidate * unit.candidate);
        const double own[3] = {candidate * unit.product * unit.reset * (1 - unit.reset),
                               gradient * (state[column] - unit.candidate) * unit.update * (1 - unit.update),
                               candidate};
        for (std::int64_t gate = 0; gate < 3; ++gate) {
          gradients.input_gates[At(row, gate * width + c, 3 * width)] = own[gate];
          product_gradient[static_cast<std::size_t>(gate * width + c)] = gate == 2 ? own[2] * unit.reset : own[gate];
        }
        carried[column] = gradient * unit.update;
      }
      for (std::int64_t k = 0; k < width; ++k) {
        for (std::int64_t c = 0; c < 3 * width; ++c) {
          const std::size_t at = At(k, c, 3 * width);
          gradients.recurrent_weight[at] +=
              state[static_cast<std::size_t>(k)] * product_gradient[static_cast<std::size_t>(c)];
          carried[static_cast<std::size_t>(k)] +=
              product_gradient[static_cast<std::size_t>(c)] * problem.recurrent_weight[at];
        }
      }
    }
  }
  return gradients;
}

}  // namespace shortlist::conformance
