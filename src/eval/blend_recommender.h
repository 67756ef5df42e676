// Ranks by dot products, and the shopper's own items by terms of their own: a trained model with repeat purchases.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "eval/dot_product_recommender.h"
#include "eval/recommender.h"
#include "repeat/blend.h"

namespace shortlist::eval {

class BlendRecommender : public Recommender {
 public:
  // `item_vectors` is what `others` ranks by, row-major [items, width].
  BlendRecommender(std::unique_ptr<DotProductRecommender> others, std::vector<float> item_vectors, std::int64_t width,
                   repeat::Blend blend);

  std::string Name() const override { return others_->Name(); }

  // Where own items are left out, the ranking is that of the dot products.
  Rankings Rank(std::span<const Query> queries, std::int64_t k, SeenRule seen) const override;

 private:
  std::vector<float> VectorOf(std::int32_t item) const;

  std::unique_ptr<DotProductRecommender> others_;
  std::vector<float> item_vectors_;
  std::size_t width_;
  repeat::Blend blend_;
};

}  // namespace shortlist::eval
