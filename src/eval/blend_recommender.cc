#include "eval/blend_recommender.h"

#include <algorithm>
#include <utility>

namespace shortlist::eval {

BlendRecommender::BlendRecommender(std::unique_ptr<DotProductRecommender> others, std::vector<float> item_vectors,
                                   std::int64_t width, repeat::Blend blend)
    : others_(std::move(others)),
      item_vectors_(std::move(item_vectors)),
      width_(static_cast<std::size_t>(width)),
      blend_(std::move(blend)) {}

Rankings BlendRecommender::Rank(std::span<const Query> queries, std::int64_t k, SeenRule seen) const {
  if (seen == SeenRule::kMask) return others_->Rank(queries, k, seen);
  const auto vector_of = [this](std::int32_t item) { return VectorOf(item); };
  Rankings rankings;
  for (std::size_t begin = 0; begin < queries.size(); begin += DotProductRecommender::kBatch) {
    const auto batch =
        queries.subspan(begin, std::min<std::size_t>(DotProductRecommender::kBatch, queries.size() - begin));
    const std::vector<float> vectors = others_->Encode(batch);
    const auto others = others_->Search(batch, vectors, k, SeenRule::kMask);
    for (std::size_t row = 0; row < batch.size(); ++row) {
      const Query& query = batch[row];
      const auto vector = std::span(vectors).subspan(row * width_, width_);
      const auto own = blend_.ScoreOwn(vector, {query.history, query.times}, query.now, vector_of);
      rankings.push_back(index::IdsOf(repeat::MergeBest(others[row], own, {}, k)));
    }
  }
  return rankings;
}

std::vector<float> BlendRecommender::VectorOf(std::int32_t item) const {
  const auto first = item_vectors_.begin() + static_cast<std::ptrdiff_t>(static_cast<std::size_t>(item) * width_);
  return {first, first + static_cast<std::ptrdiff_t>(width_)};
}

}  // namespace shortlist::eval
