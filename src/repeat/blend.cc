#include "repeat/blend.h"

#include <algorithm>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::repeat {

Blend::Blend(RepeatWeights weights, std::int64_t dimension)
    : weights_(std::move(weights)),
      dimension_(static_cast<std::size_t>(dimension)),
      purchases_(weights_.half_lives_days) {
  if (static_cast<std::int64_t>(weights_.of_values.size()) == purchases_.width()) return;
  throw Error(Code::kDataLoss, "repeat purchases have " + std::to_string(purchases_.width()) + " values but " +
                                   std::to_string(weights_.of_values.size()) + " weights; train again");
}

std::vector<index::Neighbor> Blend::ScoreOwn(std::span<const float> shopper, features::HistoryView history,
                                             std::int64_t now, const VectorOf& vector_of) const {
  const OwnItems own = purchases_.Describe(history, now);
  std::vector<index::Neighbor> scored;
  scored.reserve(own.items.size());
  const float* value = own.values.data();
  for (const std::int32_t item : own.items) {
    const std::vector<float> vector = vector_of(item);
    double similarity = 0;
    double item_term = 0;
    for (std::size_t d = 0; d < vector.size(); ++d) {
      (d < dimension_ ? similarity : item_term) += static_cast<double>(shopper[d]) * vector[d];
    }
    double score = (1 + weights_.of_similarity) * similarity + (1 + weights_.of_item_term) * item_term;
    for (const double weight : weights_.of_values) score += weight * *value++;
    scored.push_back({item, static_cast<float>(score)});
  }
  return scored;
}

std::vector<index::Neighbor> MergeBest(std::span<const index::Neighbor> others, std::span<const index::Neighbor> own,
                                       std::span<const std::int32_t> excluded, std::int64_t k) {
  std::vector<index::Neighbor> best(others.begin(), others.end());
  std::ranges::copy_if(own, std::back_inserter(best), [excluded](const index::Neighbor& neighbor) {
    return !std::ranges::binary_search(excluded, neighbor.id);
  });
  std::ranges::sort(best, index::Better);
  best.resize(std::min(best.size(), static_cast<std::size_t>(k)));
  return best;
}

}  // namespace shortlist::repeat
