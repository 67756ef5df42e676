// Fits the weights of repeat purchases: a conditional logit model (McFadden 1974) of what shoppers bought, given the
// logits of a trained model. Its loss is convex, so that Newton's method finds the one best answer.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

namespace shortlist::repeat {

// A shopper at one time: the choice between own items and all others, and what was bought after it.
struct Choice {
  double log_others = 0;             // log of the sum of exp(logit) over the items that the shopper does not have
  std::vector<double> logits;        // [own], by the trained model
  std::vector<float> values;         // [own, width], what the weights belong to
  std::vector<std::int32_t> bought;  // places among the own items
  std::int64_t others_bought = 0;    // items bought that the shopper did not have
};

// The weights, in units of logits, that minimize the mean over choices of the mean negative log probability of the
// items bought, plus regularization / 2 times their squared length. Choices without an item bought count for nothing.
// Does not depend on anything but its arguments.
std::vector<double> FitWeights(std::span<const Choice> choices, std::int64_t width, double regularization);

// The loss that FitWeights minimizes, without the regularization.
double LossOf(std::span<const Choice> choices, std::span<const double> weights);

}  // namespace shortlist::repeat
