// Newton's method for convex losses of few weights.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace shortlist::repeat {

// A loss around given weights, to the second order.
struct Expansion {
  double loss = 0;
  std::vector<double> gradient;
  std::vector<double> hessian;  // [width, width], of which the lower triangle is read
};

// The weights, found from zero on, at which loss + regularization / 2 * (their squared length) is least. The loss is
// convex; `expand` is called with as many weights as `width`.
std::vector<double> MinimizeConvex(const std::function<Expansion(std::span<const double>)>& expand, std::int64_t width,
                                   double regularization);

}  // namespace shortlist::repeat
