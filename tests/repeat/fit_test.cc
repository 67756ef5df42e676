#include "repeat/fit.h"

#include <algorithm>
#include <cmath>
#include <random>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::repeat {
namespace {

constexpr std::int64_t kWidth = 3;

// Shoppers who choose by these weights.
std::vector<Choice> Simulate(const std::vector<double>& weights, int shoppers) {
  std::mt19937 random(5);
  std::normal_distribution<double> normal;
  std::vector<Choice> choices;
  for (int shopper = 0; shopper < shoppers; ++shopper) {
    Choice choice;
    choice.log_others = 2;
    std::vector<double> odds = {std::exp(choice.log_others)};
    for (int item = 0; item < 5; ++item) {
      double logit = normal(random);
      choice.logits.push_back(logit);
      for (const double weight : weights) {
        choice.values.push_back(static_cast<float>(normal(random)));
        logit += weight * choice.values.back();
      }
      odds.push_back(std::exp(logit));
    }
    const int bought = std::discrete_distribution<int>(odds.begin(), odds.end())(random);
    if (bought == 0) {
      choice.others_bought = 1;
    } else {
      choice.bought = {bought - 1};
    }
    choices.push_back(std::move(choice));
  }
  return choices;
}

TEST(FitWeights, FindsTheWeightsThatShoppersChoseBy) {
  const std::vector<double> truth = {1.5, -0.7, 0.2};
  const std::vector<double> fitted = FitWeights(Simulate(truth, 20000), kWidth, 1e-6);
  for (std::size_t i = 0; i < truth.size(); ++i) EXPECT_NEAR(fitted[i], truth[i], 0.06);
}

TEST(FitWeights, NoNeighborHasALowerLoss) {
  const std::vector<Choice> choices = Simulate({0.5, 0.5, -1}, 500);
  constexpr double kRegularization = 0.01;
  const auto regularized = [&](const std::vector<double>& weights) {
    double squared = 0;
    for (const double weight : weights) squared += weight * weight;
    return LossOf(choices, weights) + kRegularization / 2 * squared;
  };
  const std::vector<double> fitted = FitWeights(choices, kWidth, kRegularization);
  for (std::size_t i = 0; i < fitted.size(); ++i) {
    for (const double step : {-1e-3, 1e-3}) {
      std::vector<double> moved = fitted;
      moved[i] += step;
      EXPECT_GT(regularized(moved), regularized(fitted));
    }
  }
}

TEST(FitWeights, RegularizationDrawsToZero) {
  const std::vector<Choice> choices = Simulate({1, 1, 1}, 200);
  for (const double weight : FitWeights(choices, kWidth, 1e6)) EXPECT_NEAR(weight, 0, 1e-5);
}

TEST(FitWeights, ShoppersWhoBoughtNothingCountForNothing) {
  std::vector<Choice> choices = Simulate({1, -1, 0}, 100);
  const std::vector<double> before = FitWeights(choices, kWidth, 0.01);
  choices.push_back({.log_others = 1, .logits = {3}, .values = {1, 1, 1}, .bought = {}, .others_bought = 0});
  EXPECT_EQ(FitWeights(choices, kWidth, 0.01), before);
  EXPECT_EQ(FitWeights({}, kWidth, 0.01), (std::vector<double>{0, 0, 0}));
}

TEST(FitWeights, ValuesThatNobodyHasAreNoTrouble) {
  std::vector<Choice> choices = Simulate({1, 0, 0}, 300);
  for (Choice& choice : choices) {
    for (std::size_t value = 2; value < choice.values.size(); value += kWidth) choice.values[value] = 0;
  }
  EXPECT_EQ(FitWeights(choices, kWidth, 0.01)[2], 0);
}

}  // namespace
}  // namespace shortlist::repeat
