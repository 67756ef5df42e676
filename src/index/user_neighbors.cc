#include "index/user_neighbors.h"

#include <algorithm>
#include <optional>

#include "index/batched_scan.h"

namespace shortlist::index {
namespace {

// What BatchedScan scores together.
constexpr std::int64_t kShoppersTogether = 64;

std::vector<float> VectorsOf(const VectorIndex& items) {
  std::vector<float> vectors;
  vectors.reserve(static_cast<std::size_t>(items.size() * items.width()));
  for (std::int32_t item = 0; item < items.size(); ++item) {
    const std::vector<float> vector = items.Vector(item);
    vectors.insert(vectors.end(), vector.begin(), vector.end());
  }
  return vectors;
}

std::vector<std::int32_t> Sorted(std::span<const std::int32_t> items) {
  std::vector<std::int32_t> sorted(items.begin(), items.end());
  std::ranges::sort(sorted);
  sorted.erase(std::unique(sorted.begin(), sorted.end()), sorted.end());
  return sorted;
}

}  // namespace

struct UserNeighbors::State {
  const Bundle& bundle;
  OwnItems own;
  std::vector<float> vectors;
  std::optional<BatchedScan> scan;

  std::vector<std::vector<Neighbor>> Together(std::int32_t first, std::int64_t count, std::int64_t k) const {
    std::vector<std::vector<float>> asked;
    std::vector<std::vector<std::int32_t>> excluded;
    for (std::int32_t user = first; user < first + count; ++user) {
      asked.push_back(bundle.users().Vector(user));
      excluded.push_back(own == OwnItems::kAllowed ? std::vector<std::int32_t>() : Sorted(bundle.HistoryItems(user)));
    }
    std::vector<Query> queries;
    for (std::size_t i = 0; i < asked.size(); ++i) queries.push_back({asked[i], k, excluded[i]});
    return scan->Search(queries);
  }
};

UserNeighbors::UserNeighbors(const Bundle& bundle, OwnItems own)
    : state_(new State{bundle, own, VectorsOf(bundle.items()), std::nullopt}) {
  if (bundle.items().size() > 0) state_->scan.emplace(state_->vectors, bundle.items().width());
}

UserNeighbors::~UserNeighbors() = default;

std::vector<std::vector<Neighbor>> UserNeighbors::Of(std::int32_t first, std::int32_t count, std::int64_t k,
                                                     base::ThreadPool& pool) const {
  std::vector<std::vector<Neighbor>> best(static_cast<std::size_t>(count));
  if (!state_->scan) return best;
  pool.ParallelFor(count, kShoppersTogether, [&](std::int64_t begin, std::int64_t end) {
    std::ranges::move(state_->Together(first + static_cast<std::int32_t>(begin), end - begin, k), best.begin() + begin);
  });
  return best;
}

}  // namespace shortlist::index
