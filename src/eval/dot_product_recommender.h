// Ranks by the dot product of a shopper's vector with every item's vector: how a trained model is evaluated.
#pragma once

#include <cstdint>
#include <functional>
#include <span>
#include <string>
#include <vector>

#include "eval/recommender.h"
#include "index/neighbor.h"
#include "tensor/backend.h"

namespace shortlist::eval {

// Vectors of the queries, row-major [queries, width].
using QueryEncoder = std::function<std::vector<float>(std::span<const Query>)>;

class DotProductRecommender : public Recommender {
 public:
  // `item_vectors` is row-major [items, width] and is copied to the backend, which must outlive this. One thread at a
  // time, as the backend demands. Throws Error{kInvalidArgument} if the vectors are not whole rows.
  DotProductRecommender(std::string name, std::span<const float> item_vectors, std::int64_t width, QueryEncoder encode,
                        tensor::Backend& backend);

  std::string Name() const override { return name_; }

  // The vectors of the queries, row-major [queries, width].
  std::vector<float> Encode(std::span<const Query> queries) const;
  // The k items of the largest dot products with each of the vectors of these queries, best first.
  std::vector<std::vector<index::Neighbor>> Search(std::span<const Query> queries, std::span<const float> vectors,
                                                   std::int64_t k, SeenRule seen) const;

  // Queries are encoded and ranked in batches of `kBatch`.
  std::vector<std::vector<std::int32_t>> Rank(std::span<const Query> queries, std::int64_t k,
                                              SeenRule seen) const override;

  static constexpr std::int64_t kBatch = 1024;

 private:
  std::string name_;
  std::int64_t items_;
  std::int64_t width_;
  QueryEncoder encode_;
  tensor::Backend* backend_;
  tensor::Buffer item_vectors_;
};

}  // namespace shortlist::eval
