#include "index/batched_scan.h"

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <limits>
#include <utility>

#include "index/rounding.h"
#include "tensor/cpu/gemm.h"

namespace shortlist::index {
namespace {

// Vectors and queries of one matrix product; their scores stay in the second cache.
constexpr std::int64_t kVectorTile = 256;
constexpr std::size_t kQueryTile = 64;
// Queries whose scores for one vector are looked at together.
constexpr std::size_t kBlock = 16;
// Half a tile, so that few queries keep several threads busy, and what keeps a GPU busy.
constexpr std::int64_t kQueriesHere = 32;
constexpr std::int64_t kQueriesOnDevice = 1024;

// Less than any number that is not below `bound`.
float JustBelow(double bound) {
  return std::nextafter(static_cast<float>(bound), -std::numeric_limits<float>::infinity());
}

// What passes the bar is scored once more.
std::int64_t SpareFor(std::int64_t k) {
  return std::max<std::int64_t>(k / 4, 2);
}

// The search for one query, which is offered vectors in any order.
class Seeker {
 public:
  Seeker(const Query& query, const VectorTable& table, double longest)
      : query_(query),
        table_(table),
        rounding_(Rounding(table.width, Norm(query.vector), longest)),
        best_(std::min(query.k, table.size()), SpareFor(query.k)) {}

  void Offer(std::int32_t id) {
    if (query_.allowed != nullptr && !query_.allowed->Contains(id)) return;
    if (std::ranges::binary_search(query_.excluded, id)) return;
    best_.Offer({id, table_.Score(query_.vector.data(), id)});
  }

  // A vector that scores no more than this by another way of summing is not among the best. NaN, than which nothing is
  // known to be less, while there are too few.
  float bar() const {
    if (!std::isfinite(best_.bar())) return std::numeric_limits<float>::quiet_NaN();
    return JustBelow(static_cast<double>(best_.bar()) - rounding_);
  }

  std::vector<Neighbor> Take() { return best_.Take(); }

 private:
  const Query& query_;
  const VectorTable& table_;
  double rounding_;
  BestNeighbors best_;
};

bool AnyPasses(const float* scores, const float* bars) {
  unsigned passes = 0;
  for (std::size_t i = 0; i < kBlock; ++i) passes |= static_cast<unsigned>(!(scores[i] <= bars[i]));
  return passes != 0;
}

// The searches for all queries of a matrix product.
class Seekers {
 public:
  Seekers(std::span<const Query> queries, const VectorTable& table, double longest)
      : stride_((queries.size() + kBlock - 1) / kBlock * kBlock), bars_(stride_, std::numeric_limits<float>::max()) {
    seekers_.reserve(queries.size());
    for (const Query& query : queries) seekers_.emplace_back(query, table, longest);
    std::ranges::transform(seekers_, bars_.begin(), &Seeker::bar);
  }

  // Scores of a vector, and zeros after them that make their number this.
  std::size_t stride() const { return stride_; }

  // The vector's scores for all queries.
  void See(std::int32_t id, const float* scores) {
    for (std::size_t block = 0; block < stride_; block += kBlock) {
      if (AnyPasses(scores + block, &bars_[block])) OfferTo(block, id, scores);
    }
  }

  void Take(std::span<std::vector<Neighbor>> results) {
    std::ranges::transform(seekers_, results.begin(), [](Seeker& seeker) { return seeker.Take(); });
  }

 private:
  void OfferTo(std::size_t block, std::int32_t id, const float* scores) {
    for (std::size_t q = block; q < std::min(block + kBlock, seekers_.size()); ++q) {
      if (scores[q] <= bars_[q]) continue;
      seekers_[q].Offer(id);
      bars_[q] = seekers_[q].bar();
    }
  }

  std::size_t stride_;
  std::vector<float> bars_;
  std::vector<Seeker> seekers_;
};

}  // namespace

BatchedScan::BatchedScan(std::span<const float> vectors, std::int64_t width, const ScanDevice* device)
    : vectors_(vectors), table_(TableOf(vectors, width)) {
  if (device != nullptr && !vectors.empty()) device_ = std::make_unique<DeviceScan>(*device, vectors, width);
  tensor::cpu::RunBlasInCallingThread();
  for (const float* row : table_.rows) {
    longest_ = std::max(longest_, Norm({row, static_cast<std::size_t>(width)}));
  }
}

std::vector<std::vector<Neighbor>> BatchedScan::Search(std::span<const Query> queries) const {
  if (table_.size() == 0) return std::vector<std::vector<Neighbor>>(queries.size());
  return device_ == nullptr ? SearchHere(queries) : SearchOnDevice(queries);
}

std::int64_t BatchedScan::queries_at_once() const {
  return device_ == nullptr ? kQueriesHere : kQueriesOnDevice;
}

std::vector<std::vector<Neighbor>> BatchedScan::SearchOnDevice(std::span<const Query> queries) const {
  std::vector<std::optional<std::vector<Neighbor>>> answers = device_->Search(queries, table_, longest_);
  std::vector<Query> left;
  for (std::size_t q = 0; q < queries.size(); ++q) {
    if (!answers[q]) left.push_back(queries[q]);
  }
  std::vector<std::vector<Neighbor>> here = SearchHere(left);
  std::vector<std::vector<Neighbor>> results;
  auto next = here.begin();
  for (std::optional<std::vector<Neighbor>>& answer : answers) {
    results.push_back(std::move(answer ? *answer : *next++));
  }
  return results;
}

std::vector<std::vector<Neighbor>> BatchedScan::SearchHere(std::span<const Query> queries) const {
  std::vector<std::vector<Neighbor>> results(queries.size());
  for (std::size_t first = 0; first < queries.size(); first += kQueryTile) {
    const std::size_t size = std::min(kQueryTile, queries.size() - first);
    SearchTogether(queries.subspan(first, size), std::span(results).subspan(first, size));
  }
  return results;
}

void BatchedScan::SearchTogether(std::span<const Query> queries, std::span<std::vector<Neighbor>> results) const {
  Seekers seekers(queries, table_, longest_);
  const std::vector<float> stacked = Stacked(queries);
  const tensor::ConstMatrix asked{stacked.data(), static_cast<std::int64_t>(queries.size()), table_.width};
  const tensor::ConstMatrix vectors{vectors_.data(), table_.size(), table_.width};
  std::vector<float> scores(static_cast<std::size_t>(kVectorTile) * seekers.stride());
  for (std::int64_t first = 0; first < vectors.rows; first += kVectorTile) {
    const std::int64_t last = std::min(first + kVectorTile, vectors.rows);
    tensor::cpu::MultiplyTransposedB(
        1, tensor::cpu::RowsOf(vectors, first, last), tensor::cpu::RowsOf(asked, 0, asked.rows), 0,
        {scores.data(), last - first, asked.rows, static_cast<std::int64_t>(seekers.stride())});
    for (std::int64_t id = first; id < last; ++id) {
      seekers.See(static_cast<std::int32_t>(id), &scores[static_cast<std::size_t>(id - first) * seekers.stride()]);
    }
  }
  seekers.Take(results);
}

}  // namespace shortlist::index
