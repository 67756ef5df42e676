#include "repeat/fit.h"

#include <algorithm>
#include <cmath>
#include <numeric>

namespace shortlist::repeat {
namespace {

constexpr int kMostSteps = 50;
constexpr int kMostHalvings = 30;
constexpr double kSmallGain = 1e-10;

std::int64_t Bought(const Choice& choice) {
  return choice.others_bought + static_cast<std::int64_t>(choice.bought.size());
}

std::span<const float> ValuesOf(const Choice& choice, std::size_t place, std::size_t width) {
  return std::span<const float>(choice.values).subspan(place * width, width);
}

// A choice under given weights.
struct Outcome {
  std::vector<double> totals;         // [own] logits with their terms
  std::vector<double> probabilities;  // [own]
  double log_sum = 0;                 // of exp over the catalog
};

Outcome Decide(const Choice& choice, std::span<const double> weights) {
  Outcome outcome{choice.logits, {}, 0};
  double largest = choice.log_others;
  for (std::size_t place = 0; place < outcome.totals.size(); ++place) {
    const auto values = ValuesOf(choice, place, weights.size());
    outcome.totals[place] += std::inner_product(weights.begin(), weights.end(), values.begin(), 0.0);
    largest = std::max(largest, outcome.totals[place]);
  }
  double sum = std::exp(choice.log_others - largest);
  for (const double total : outcome.totals) sum += std::exp(total - largest);
  outcome.log_sum = largest + std::log(sum);
  for (const double total : outcome.totals) outcome.probabilities.push_back(std::exp(total - outcome.log_sum));
  return outcome;
}

// Loss, gradient and lower triangle of the Hessian, summed over choices.
class Derivatives {
 public:
  explicit Derivatives(std::size_t width) : gradient(width, 0.0), hessian(width * width, 0.0), mean_(width) {}

  void Add(const Choice& choice, std::span<const double> weights) {
    const std::size_t width = gradient.size();
    const Outcome outcome = Decide(choice, weights);
    std::ranges::fill(mean_, 0.0);
    for (std::size_t place = 0; place < outcome.totals.size(); ++place) {
      AddItem(ValuesOf(choice, place, width), outcome.probabilities[place]);
    }
    for (std::size_t row = 0; row < width; ++row) {
      gradient[row] += mean_[row];
      for (std::size_t column = 0; column <= row; ++column) hessian[row * width + column] -= mean_[row] * mean_[column];
    }
    const double share = 1 / static_cast<double>(Bought(choice));
    for (const std::int32_t place : choice.bought) {
      const auto values = ValuesOf(choice, static_cast<std::size_t>(place), width);
      for (std::size_t row = 0; row < width; ++row) gradient[row] -= share * values[row];
    }
  }

  std::vector<double> gradient;
  std::vector<double> hessian;  // [width, width]

 private:
  void AddItem(std::span<const float> values, double probability) {
    const std::size_t width = gradient.size();
    for (std::size_t row = 0; row < width; ++row) {
      const double weighted = probability * values[row];
      mean_[row] += weighted;
      for (std::size_t column = 0; column <= row; ++column) hessian[row * width + column] += weighted * values[column];
    }
  }

  std::vector<double> mean_;  // of the values, as expected
};

// Solves matrix x = right in place by Cholesky's factorization; reads the lower triangle and overwrites it.
void Solve(std::vector<double>& matrix, std::vector<double>& right) {
  const std::size_t size = right.size();
  for (std::size_t row = 0; row < size; ++row) {
    for (std::size_t column = 0; column <= row; ++column) {
      double rest = matrix[row * size + column];
      for (std::size_t i = 0; i < column; ++i) rest -= matrix[row * size + i] * matrix[column * size + i];
      matrix[row * size + column] = row == column ? std::sqrt(rest) : rest / matrix[column * size + column];
    }
    for (std::size_t i = 0; i < row; ++i) right[row] -= matrix[row * size + i] * right[i];
    right[row] /= matrix[row * size + row];
  }
  for (std::size_t row = size; row-- > 0;) {
    for (std::size_t i = row + 1; i < size; ++i) right[row] -= matrix[i * size + row] * right[i];
    right[row] /= matrix[row * size + row];
  }
}

std::vector<Choice> WithPurchases(std::span<const Choice> choices) {
  std::vector<Choice> kept;
  std::ranges::copy_if(choices, std::back_inserter(kept), [](const Choice& choice) { return Bought(choice) > 0; });
  return kept;
}

double RegularizedLoss(std::span<const Choice> choices, std::span<const double> weights, double regularization) {
  const double squared_length = std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0);
  return LossOf(choices, weights) + regularization / 2 * squared_length;
}

// Where the loss's second-order expansion around the weights has its minimum, as a step from there.
std::vector<double> NewtonStep(std::span<const Choice> choices, std::span<const double> weights,
                               double regularization) {
  const std::size_t width = weights.size();
  Derivatives sums(width);
  for (const Choice& choice : choices) sums.Add(choice, weights);
  const auto count = static_cast<double>(choices.size());
  std::vector<double> step(width);
  for (double& value : sums.hessian) value /= count;
  for (std::size_t row = 0; row < width; ++row) {
    step[row] = -sums.gradient[row] / count - regularization * weights[row];
    sums.hessian[row * width + row] += regularization;
  }
  Solve(sums.hessian, step);
  return step;
}

std::vector<double> Moved(std::span<const double> weights, std::span<const double> step, double length) {
  std::vector<double> moved(weights.begin(), weights.end());
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] += length * step[i];
  return moved;
}

}  // namespace

double LossOf(std::span<const Choice> choices, std::span<const double> weights) {
  double sum = 0;
  double counted = 0;
  for (const Choice& choice : choices) {
    if (Bought(choice) == 0) continue;
    const Outcome outcome = Decide(choice, weights);
    double own = 0;
    for (const std::int32_t place : choice.bought) own += outcome.totals[static_cast<std::size_t>(place)];
    sum += outcome.log_sum - own / static_cast<double>(Bought(choice));
    ++counted;
  }
  return counted == 0 ? 0 : sum / counted;
}

std::vector<double> FitWeights(std::span<const Choice> all, std::int64_t width, double regularization) {
  const std::vector<Choice> choices = WithPurchases(all);
  std::vector<double> weights(static_cast<std::size_t>(width), 0.0);
  if (choices.empty()) return weights;
  double loss = RegularizedLoss(choices, weights, regularization);
  for (int taken = 0; taken < kMostSteps; ++taken) {
    const std::vector<double> step = NewtonStep(choices, weights, regularization);
    double length = 1;
    std::vector<double> moved = Moved(weights, step, length);
    double moved_loss = RegularizedLoss(choices, moved, regularization);
    for (int halved = 0; halved < kMostHalvings && moved_loss > loss; ++halved) {
      length /= 2;
      moved = Moved(weights, step, length);
      moved_loss = RegularizedLoss(choices, moved, regularization);
    }
    const double gain = loss - moved_loss;
    if (gain <= 0) break;
    weights = std::move(moved);
    loss = moved_loss;
    if (gain < kSmallGain) break;
  }
  return weights;
}

}  // namespace shortlist::repeat
