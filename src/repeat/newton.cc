#include "repeat/newton.h"

#include <cmath>
#include <numeric>
#include <utility>

namespace shortlist::repeat {
namespace {

constexpr int kMostSteps = 50;
constexpr int kMostHalvings = 30;
constexpr double kSmallGain = 1e-10;

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

// Where the expansion has its minimum, as a step from the weights around which it is.
std::vector<double> NewtonStep(Expansion around, std::span<const double> weights, double regularization) {
  const std::size_t width = weights.size();
  std::vector<double> step(width);
  for (std::size_t row = 0; row < width; ++row) {
    step[row] = -around.gradient[row] - regularization * weights[row];
    around.hessian[row * width + row] += regularization;
  }
  Solve(around.hessian, step);
  return step;
}

std::vector<double> Moved(std::span<const double> weights, std::span<const double> step, double length) {
  std::vector<double> moved(weights.begin(), weights.end());
  for (std::size_t i = 0; i < moved.size(); ++i) moved[i] += length * step[i];
  return moved;
}

double Regularized(double loss, std::span<const double> weights, double regularization) {
  return loss + regularization / 2 * std::inner_product(weights.begin(), weights.end(), weights.begin(), 0.0);
}

}  // namespace

std::vector<double> MinimizeConvex(const std::function<Expansion(std::span<const double>)>& expand, std::int64_t width,
                                   double regularization) {
  std::vector<double> weights(static_cast<std::size_t>(width), 0.0);
  Expansion here = expand(weights);
  double loss = here.loss;
  for (int taken = 0; taken < kMostSteps; ++taken) {
    const std::vector<double> step = NewtonStep(here, weights, regularization);
    double length = 1;
    std::vector<double> moved = Moved(weights, step, length);
    Expansion there = expand(moved);
    double moved_loss = Regularized(there.loss, moved, regularization);
    for (int halved = 0; halved < kMostHalvings && moved_loss > loss; ++halved) {
      length /= 2;
      moved = Moved(weights, step, length);
      there = expand(moved);
      moved_loss = Regularized(there.loss, moved, regularization);
    }
    const double gain = loss - moved_loss;
    if (gain <= 0) break;
    weights = std::move(moved);
    here = std::move(there);
    loss = moved_loss;
    if (gain < kSmallGain) break;
  }
  return weights;
}

}  // namespace shortlist::repeat
