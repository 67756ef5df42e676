// Baseline "ials": the dot product of an item's vector with the vector that solves for the shopper's history.
#pragma once

#include <memory>
#include <span>
#include <string>
#include <vector>

#include "eval/block_recommender.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

class IalsRecommender : public BlockRecommender {
 public:
  // `item_vectors` is row-major [items, dimension], from FitItemVectors.
  IalsRecommender(std::vector<float> item_vectors, const IalsSettings& settings, std::vector<std::int32_t> fallback,
                  std::vector<float> factors, base::ThreadPool& pool);

  std::string Name() const override { return "ials"; }

 private:
  std::unique_ptr<BlockScorer> MakeScorer(std::span<const Query> queries) const override;

  std::vector<float> item_vectors_;
  IalsSettings settings_;
};

}  // namespace shortlist::eval
