#include "linear/least_squares.h"

#include <cmath>
#include <random>
#include <span>
#include <vector>

#include <gtest/gtest.h>

namespace shortlist::linear {
namespace {

constexpr std::int64_t kDimension = 3;

std::vector<float> RandomVectors(std::size_t rows) {
  std::mt19937 random(1);
  std::vector<float> vectors(rows * kDimension);
  for (float& value : vectors) value = static_cast<float>(random() % 2001) / 1000 - 1;
  return vectors;
}

double Dot(std::span<const float> a, std::span<const float> b) {
  double sum = 0;
  for (std::size_t i = 0; i < a.size(); ++i) sum += double{a[i]} * b[i];
  return sum;
}

// The part of the loss that depends on one vector, from its definition.
double Loss(std::span<const float> vector, std::span<const WeightedItem> events, const std::vector<float>& fixed,
            const IalsSettings& settings) {
  double loss = 0;
  double weights = 0;
  for (const WeightedItem& event : events) {
    const double error = 1 - Dot(vector, std::span(fixed).subspan(event.item * kDimension, kDimension));
    loss += event.weight * error * error;
    weights += event.weight;
  }
  const std::size_t others = fixed.size() / kDimension;
  for (std::size_t row = 0; row < others; ++row) {
    const double score = Dot(vector, std::span(fixed).subspan(row * kDimension, kDimension));
    loss += settings.unobserved_weight * score * score;
  }
  const double count = weights + settings.unobserved_weight * static_cast<double>(others);
  return loss + settings.regularization * std::pow(count, settings.frequency_exponent) * Dot(vector, vector);
}

class LeastSquaresTest : public ::testing::Test {
 protected:
  LeastSquaresTest() { settings_.dimension = kDimension; }

  std::vector<float> Solve(std::span<const WeightedItem> events) {
    std::vector<float> vector(static_cast<std::size_t>(settings_.dimension), 9);
    LeastSquares::Scratch scratch;
    LeastSquares(fixed_, settings_, pool_).Solve(events, vector, scratch);
    return vector;
  }

  IalsSettings settings_;
  std::vector<float> fixed_ = RandomVectors(20);
  base::ThreadPool pool_{2};
};

TEST_F(LeastSquaresTest, EveryStepAwayFromTheSolutionCosts) {
  settings_.unobserved_weight = 0.3;
  settings_.regularization = 0.2;
  settings_.frequency_exponent = 0.7;
  const std::vector<WeightedItem> all = {{3, 1}, {7, 0.25}, {11, 0.5}, {12, 1}, {19, 2}};
  for (const std::size_t count : {1, 2, 3, 5}) {  // fewer than the vectors are wide, as many, and more
    const auto events = std::span(all).first(count);
    const std::vector<float> solution = Solve(events);
    const double least = Loss(solution, events, fixed_, settings_);
    for (std::size_t i = 0; i < kDimension; ++i) {
      for (const float step : {-0.01F, 0.01F}) {
        std::vector<float> other = solution;
        other[i] += step;
        EXPECT_GT(Loss(other, events, fixed_, settings_), least) << count << " events";
      }
    }
  }
}

// The gradient of the loss, in float64, beside what it is at zero.
double RelativeGradient(std::span<const float> vector, std::span<const WeightedItem> events,
                        const std::vector<float>& fixed, const IalsSettings& settings) {
  const std::size_t width = vector.size();
  const auto row = [&](std::size_t item) { return std::span(fixed).subspan(item * width, width); };
  std::vector<double> start(width);
  std::vector<double> end(width);
  double weights = 0;
  for (const WeightedItem& event : events) {
    const double error = 1 - Dot(vector, row(event.item));
    weights += event.weight;
    for (std::size_t i = 0; i < width; ++i) {
      start[i] += event.weight * row(event.item)[i];
      end[i] += event.weight * error * row(event.item)[i];
    }
  }
  const std::size_t others = fixed.size() / width;
  for (std::size_t other = 0; other < others; ++other) {
    const double score = Dot(vector, row(other));
    for (std::size_t i = 0; i < width; ++i) end[i] -= settings.unobserved_weight * score * row(other)[i];
  }
  const double count = weights + settings.unobserved_weight * static_cast<double>(others);
  const double strength = settings.regularization * std::pow(count, settings.frequency_exponent);
  double start_norm = 0;
  double end_norm = 0;
  for (std::size_t i = 0; i < width; ++i) {
    end[i] -= strength * vector[i];
    start_norm += start[i] * start[i];
    end_norm += end[i] * end[i];
  }
  return std::sqrt(end_norm / start_norm);
}

// Weights that differ by three orders of magnitude make the matrix ill-conditioned.
TEST_F(LeastSquaresTest, AWideRowIsSolvedForWhateverItsEvents) {
  constexpr std::size_t kItems = 500;
  settings_.dimension = 48;
  settings_.unobserved_weight = 0.02;
  fixed_ = RandomVectors(kItems * settings_.dimension / kDimension);
  for (const std::size_t count : {1, 20, 48, 400}) {
    std::vector<WeightedItem> events;
    for (std::size_t i = 0; i < count; ++i)
      events.push_back({static_cast<std::int32_t>(i), static_cast<float>(std::pow(10, static_cast<int>(i % 4) - 2))});
    EXPECT_LT(RelativeGradient(Solve(events), events, fixed_, settings_), 5e-3) << count << " events";
  }
}

TEST_F(LeastSquaresTest, ARowWithoutEventsIsZero) {
  EXPECT_EQ(Solve({}), std::vector<float>(kDimension));
}

}  // namespace
}  // namespace shortlist::linear
