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

// Appends rows of `places`, [rows, k], without the places that hold no item.
void AppendRankings(std::span<const std::int32_t> places, std::int64_t k,
                    std::vector<std::vector<std::int32_t>>& rankings) {
  for (std::size_t begin = 0; begin < places.size(); begin += static_cast<std::size_t>(k)) {
    const auto row = places.subspan(begin, static_cast<std::size_t>(k));
    rankings.emplace_back(row.begin(), std::find(row.begin(), row.end(), -1));
  }
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

std::vector<std::vector<std::int32_t>> DotProductRecommender::Rank(std::span<const Query> queries, std::int64_t k,
                                                                   SeenRule seen) const {
  std::vector<std::vector<std::int32_t>> rankings;
  rankings.reserve(queries.size());
  for (std::size_t begin = 0; begin < queries.size(); begin += kBatch) {
    const auto batch = queries.subspan(begin, std::min<std::size_t>(kBatch, queries.size() - begin));
    const auto rows = static_cast<std::int64_t>(batch.size());
    const std::vector<float> vectors = encode_(batch);
    CheckWidth(name_, "query vectors", vectors.size(), rows, width_);
    const tensor::Buffer queries_on_device = Upload<float>(*backend_, vectors);
    const Exclusions excluded(batch, seen, *backend_);
    std::vector<std::int32_t> places(static_cast<std::size_t>(rows * k));
    const tensor::Buffer ids = backend_->Allocate(places.size() * sizeof(std::int32_t));
    const tensor::Buffer scores = backend_->Allocate(places.size() * sizeof(float));
    backend_->TopK({queries_on_device.As<float>(), rows, width_}, {item_vectors_.As<float>(), items_, width_}, k,
                   excluded.view(), ids.As<std::int32_t>(), scores.As<float>());
    backend_->Download(ids.As<std::int32_t>(), places.data(), places.size() * sizeof(std::int32_t));
    backend_->Synchronize();
    AppendRankings(places, k, rankings);
  }
  return rankings;
}

}  // namespace shortlist::eval
