#include "repeat/fit.h"

#include <algorithm>
#include <cmath>
#include <iterator>
#include <numeric>
#include <utility>

#include "repeat/newton.h"

namespace shortlist::repeat {
namespace {

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

std::vector<Choice> WithPurchases(std::span<const Choice> choices) {
  std::vector<Choice> kept;
  std::ranges::copy_if(choices, std::back_inserter(kept), [](const Choice& choice) { return Bought(choice) > 0; });
  return kept;
}

// The mean loss around the weights.
Expansion Expand(std::span<const Choice> choices, std::span<const double> weights) {
  Derivatives sums(weights.size());
  for (const Choice& choice : choices) sums.Add(choice, weights);
  Expansion mean{LossOf(choices, weights), std::move(sums.gradient), std::move(sums.hessian)};
  const auto count = static_cast<double>(choices.size());
  for (double& value : mean.gradient) value /= count;
  for (double& value : mean.hessian) value /= count;
  return mean;
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
  if (choices.empty()) return std::vector<double>(static_cast<std::size_t>(width), 0.0);
  return MinimizeConvex([&](std::span<const double> weights) { return Expand(choices, weights); }, width,
                        regularization);
}

}  // namespace shortlist::repeat
