#include "eval/item_neighbors.h"

#include <algorithm>
#include <cmath>

#include "eval/interaction_lists.h"

namespace shortlist::eval {
namespace {

constexpr std::int64_t kCandidatesPerTask = 128;

// Finds neighbors of one candidate after the other; the cost is in the events of the candidate's shoppers.
class NeighborSearch {
 public:
  NeighborSearch(const IndexLists& items_of, const IndexLists& users_of, const ItemKnnSettings& settings)
      : items_of_(items_of), users_of_(users_of), settings_(settings) {
    for (std::size_t user = 0; user < items_of.rows(); ++user) {
      const auto length = static_cast<double>(items_of[user].size());
      weights_.push_back(length > 0 ? std::pow(length, settings.user_length_exponent) : 0);
    }
    for (std::size_t item = 0; item < users_of.rows(); ++item) {
      double sum = 0;
      for (const std::int32_t user : users_of[item]) sum += weights_[static_cast<std::size_t>(user)];
      norms_.push_back(std::sqrt(sum));
    }
  }

  // `common` is scratch of [items] zeros, and is so again afterwards.
  std::vector<Neighbor> Find(std::int32_t candidate, std::vector<double>& common) const {
    std::vector<Neighbor> found = CommonItems(candidate, common);
    for (Neighbor& neighbor : found) {
      const auto item = static_cast<std::size_t>(neighbor.item);
      const double norm = norms_[static_cast<std::size_t>(candidate)] * norms_[item];
      neighbor.similarity = static_cast<float>(common[item] / (norm + settings_.shrinkage));
      common[item] = 0;
    }
    KeepMostSimilar(found);
    return found;
  }

 private:
  // Items that share a shopper with the candidate; their summed weights are in `common`.
  std::vector<Neighbor> CommonItems(std::int32_t candidate, std::vector<double>& common) const {
    std::vector<Neighbor> found;
    for (const std::int32_t user : users_of_[static_cast<std::size_t>(candidate)]) {
      const double weight = weights_[static_cast<std::size_t>(user)];
      for (const std::int32_t item : items_of_[static_cast<std::size_t>(user)]) {
        if (item == candidate) continue;
        double& sum = common[static_cast<std::size_t>(item)];
        if (sum == 0) found.push_back({item, 0});
        sum += weight;
      }
    }
    return found;
  }

  void KeepMostSimilar(std::vector<Neighbor>& found) const {
    const auto kept = static_cast<std::size_t>(settings_.neighbors);
    if (kept == 0 || found.size() <= kept) return;
    const auto is_closer = [](const Neighbor& a, const Neighbor& b) {
      return a.similarity != b.similarity ? a.similarity > b.similarity : a.item < b.item;
    };
    std::nth_element(found.begin(), found.begin() + static_cast<std::ptrdiff_t>(kept), found.end(), is_closer);
    found.resize(kept);
  }

  const IndexLists& items_of_;
  const IndexLists& users_of_;
  const ItemKnnSettings& settings_;
  std::vector<double> weights_;  // of users
  std::vector<double> norms_;    // of items
};

std::vector<std::vector<Neighbor>> FindAll(const NeighborSearch& search, std::int64_t items, base::ThreadPool& pool) {
  std::vector<std::vector<Neighbor>> neighbors(static_cast<std::size_t>(items));
  pool.ParallelFor(items, kCandidatesPerTask, [&](std::int64_t begin, std::int64_t end) {
    std::vector<double> common(static_cast<std::size_t>(items));
    for (std::int64_t item = begin; item < end; ++item) {
      neighbors[static_cast<std::size_t>(item)] = search.Find(static_cast<std::int32_t>(item), common);
    }
  });
  return neighbors;
}

}  // namespace

ItemNeighbors::ItemNeighbors(const Parts& parts, std::int64_t items, const ItemKnnSettings& settings,
                             base::ThreadPool& pool)
    : offsets_(static_cast<std::size_t>(items) + 1) {
  const IndexLists items_of = ItemsByUser(parts);
  const IndexLists users_of = Transpose(items_of, items);
  const auto neighbors = FindAll(NeighborSearch(items_of, users_of, settings), items, pool);
  for (const std::vector<Neighbor>& kept : neighbors) {
    for (const Neighbor& neighbor : kept) ++offsets_[static_cast<std::size_t>(neighbor.item) + 1];
  }
  CountsToOffsets(offsets_);
  candidates_.resize(static_cast<std::size_t>(offsets_.back()));
  std::vector<std::int64_t> next(offsets_.begin(), offsets_.end() - 1);
  for (std::size_t candidate = 0; candidate < neighbors.size(); ++candidate) {
    for (const Neighbor& neighbor : neighbors[candidate]) {
      const std::int64_t place = next[static_cast<std::size_t>(neighbor.item)]++;
      candidates_[static_cast<std::size_t>(place)] = {static_cast<std::int32_t>(candidate), neighbor.similarity};
    }
  }
}

std::span<const Neighbor> ItemNeighbors::CandidatesOf(std::int32_t item) const {
  const auto row = static_cast<std::size_t>(item);
  return std::span(candidates_)
      .subspan(static_cast<std::size_t>(offsets_[row]), static_cast<std::size_t>(offsets_[row + 1] - offsets_[row]));
}

}  // namespace shortlist::eval
