// Baseline "ease", a linear model in closed form: Steck, "Embarrassingly shallow autoencoders for sparse data", WWW
// 2019.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <string>
#include <vector>

#include "eval/block_recommender.h"
#include "eval/item_precision.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

// With P the precision of the items, candidate j scores sum_i w_i B_ij over the weighted history, where
// B_ij = -P_ij / P_jj and B_jj = 0.
class EaseRecommender : public BlockRecommender {
 public:
  EaseRecommender(ItemPrecision precision, const EaseSettings& settings, std::vector<std::int32_t> fallback,
                  std::vector<float> factors, base::ThreadPool& pool);

  std::string Name() const override { return "ease"; }

 private:
  std::unique_ptr<BlockScorer> MakeScorer(std::span<const Query> queries) const override;

  ItemPrecision precision_;
  EaseSettings settings_;
};

}  // namespace shortlist::eval
