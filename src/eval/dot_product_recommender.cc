#include "eval/dot_product_recommender.h"

#include <algorithm>
#include <utility>

#include "base/bags.h"
#include "shortlist/error.h"

namespace shortlist::eval {
namespace {

template <class T>
tensor::Buffer Upload(tensor::Backend& backend, std::span<const T> values) {
  tensor::Buffer buffer = backend.Allocate(values.size_bytes());
  backend.Upload(values.data(), buffer.As<T>(), values.size_bytes());
  return buffer;
}

// The exclusions of a batch, on the backend.
class Exclusions {
 public:
  Exclusions(std::span<const Query> queries, SeenRule seen, tensor::Backend& backend) {
    if (seen == SeenRule::kAllow) return;
    std::vector<std::int32_t> ids;
    std::vector<std::int64_t> offsets{0};
    for (const Query& query : queries) {
      ids.insert(ids.end(), query.history.begin(), query.history.end());
      offsets.push_back(static_cast<std::int64_t>(ids.size()));
    }
    ids_ = Upload<std::int32_t>(backend, ids);
    offsets_ = Upload<std::int64_t>(backend, offsets);
    view_ = {.ids = ids_.As<std::int32_t>(),
             .offsets = offsets_.As<std::int64_t>(),
             .rows = static_cast<std::int64_t>(queries.size()),
             .count = static_cast<std::int64_t>(ids.size())};
  }

  const tensor::BagsView& view() const { return view_; }

 private:
  tensor::Buffer ids_;
  tensor::Buffer offsets_;
  tensor::BagsView view_;
};

// Rows of [rows, k] without the places that hold no item.
std::vector<std::vector<index::Neighbor>> NeighborsOf(std::span<const std::int32_t> ids, std::span<const float> scores,
                                                      std::int64_t k) {
  std::vector<std::vector<index::Neighbor>> rows(ids.size() / static_cast<std::size_t>(k));
  for (std::size_t place = 0; place < ids.size(); ++place) {
    if (ids[place] >= 0) rows[place / static_cast<std::size_t>(k)].push_back({ids[place], scores[place]});
  }
  return rows;
}

void CheckWidth(const std::string& name, const char* what, std::size_t size, std::int64_t rows, std::int64_t width) {
  if (static_cast<std::int64_t>(size) == rows * width) return;
  throw Error(Code::kInvalidArgument, name + ": " + what + " are " + std::to_string(size) + " numbers, not " +
                                          std::to_string(rows) + " rows of " + std::to_string(width));
}

}  // namespace

DotProductRecommender::DotProductRecommender(std::string name, std::span<const float> item_vectors, std::int64_t width,
                                             QueryEncoder encode, tensor::Backend& backend)
    : name_(std::move(name)),
      items_(static_cast<std::int64_t>(item_vectors.size()) / std::max<std::int64_t>(1, width)),
      width_(width),
      encode_(std::move(encode)),
      backend_(&backend) {
  CheckWidth(name_, "item vectors", item_vectors.size(), items_, width);
  item_vectors_ = Upload(backend, item_vectors);
}

std::vector<float> DotProductRecommender::Encode(std::span<const Query> queries) const {
  std::vector<float> vectors = encode_(queries);
  CheckWidth(name_, "query vectors", vectors.size(), static_cast<std::int64_t>(queries.size()), width_);
  return vectors;
}

std::vector<std::vector<index::Neighbor>> DotProductRecommender::Search(std::span<const Query> queries,
                                                                        std::span<const float> vectors, std::int64_t k,
                                                                        SeenRule seen) const {
  const auto rows = static_cast<std::int64_t>(queries.size());
  const tensor::Buffer on_device = Upload<float>(*backend_, vectors);
  const Exclusions excluded(queries, seen, *backend_);
  std::vector<std::int32_t> ids(static_cast<std::size_t>(rows * k));
  std::vector<float> scores(ids.size());
  const tensor::Buffer found = backend_->Allocate(ids.size() * sizeof(std::int32_t));
  const tensor::Buffer found_scores = backend_->Allocate(scores.size() * sizeof(float));
  backend_->TopK({on_device.As<float>(), rows, width_}, {item_vectors_.As<float>(), items_, width_}, k, excluded.view(),
                 found.As<std::int32_t>(), found_scores.As<float>());
  backend_->Download(found.As<std::int32_t>(), ids.data(), ids.size() * sizeof(std::int32_t));
  backend_->Download(found_scores.As<float>(), scores.data(), scores.size() * sizeof(float));
  backend_->Synchronize();
  return NeighborsOf(ids, scores, k);
}

std::vector<std::vector<std::int32_t>> DotProductRecommender::Rank(std::span<const Query> queries, std::int64_t k,
                                                                   SeenRule seen) const {
  std::vector<std::vector<std::int32_t>> rankings;
  rankings.reserve(queries.size());
  for (std::size_t begin = 0; begin < queries.size(); begin += kBatch) {
    const auto batch = queries.subspan(begin, std::min<std::size_t>(kBatch, queries.size() - begin));
    for (const auto& neighbors : Search(batch, Encode(batch), k, seen)) rankings.push_back(index::IdsOf(neighbors));
  }
  return rankings;
}

}  // namespace shortlist::eval
