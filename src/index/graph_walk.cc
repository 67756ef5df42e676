#include "index/graph_walk.h"

#include <algorithm>
#include <cstddef>
#include <functional>
#include <span>

#include <faiss/impl/HNSW.h>

#include "base/bit_set.h"
#include "tensor/cpu/row_arithmetic.h"

namespace shortlist::index {
namespace {

constexpr std::int32_t kNoNode = -1;
constexpr std::int64_t kFloatsPerLine = 16;

// The best nodes that a walk has met, best first, of which those before next_ are all taken.
class Frontier {
 public:
  explicit Frontier(std::int64_t depth) : depth_(static_cast<std::size_t>(depth)) { kept_.reserve(depth_); }

  void Offer(Neighbor node) {
    if (kept_.size() == depth_) {
      if (node.score <= kept_.back().node.score) return;
      kept_.pop_back();
    }
    const auto place =
        std::ranges::upper_bound(kept_, node.score, std::greater<>(), [](const Kept& kept) { return kept.node.score; });
    next_ = std::min(next_, static_cast<std::size_t>(place - kept_.begin()));
    kept_.insert(place, {node, false});
  }

  // The best node not yet taken, or kNoNode.
  std::int32_t TakeBest() {
    while (next_ < kept_.size() && kept_[next_].taken) ++next_;
    if (next_ == kept_.size()) return kNoNode;
    kept_[next_].taken = true;
    return kept_[next_].node.id;
  }

  std::vector<Neighbor> Nodes() const {
    std::vector<Neighbor> nodes(kept_.size());
    std::ranges::transform(kept_, nodes.begin(), &Kept::node);
    return nodes;
  }

 private:
  struct Kept {
    Neighbor node;
    bool taken;
  };

  std::size_t depth_;
  std::vector<Kept> kept_;
  std::size_t next_ = 0;
};

class Walk {
 public:
  Walk(const faiss::HNSW& graph, std::span<const float> vectors, std::int64_t width, const float* query,
       std::int64_t depth)
      : graph_(graph),
        vectors_(vectors),
        width_(width),
        query_(query),
        met_(static_cast<std::int64_t>(vectors.size()) / width),
        frontier_(depth) {}

  std::vector<Neighbor> Nearest() {
    Meet(Descend());
    do {
      KeepBestOfMet();
    } while (FollowBest());
    return frontier_.Nodes();
  }

 private:
  std::span<const std::int32_t> LinksOf(std::int32_t node, int level) const {
    std::size_t begin = 0;
    std::size_t end = 0;
    graph_.neighbor_range(node, level, &begin, &end);
    const auto first = graph_.neighbors.begin() + static_cast<std::ptrdiff_t>(begin);
    const auto last = graph_.neighbors.begin() + static_cast<std::ptrdiff_t>(end);
    return {first, std::find(first, last, kNoNode)};
  }

  // The node of the lowest level to start from.
  std::int32_t Descend() {
    Neighbor nearest{graph_.entry_point, tensor::cpu::Dot(query_, VectorOf(graph_.entry_point), width_)};
    for (int level = graph_.max_level; level > 0; --level) nearest = NearestOfLevel(level, nearest);
    return nearest.id;
  }

  Neighbor NearestOfLevel(int level, Neighbor start) {
    for (Neighbor nearest = start;; start = nearest) {
      for (const std::int32_t node : LinksOf(start.id, level)) Await(node);
      ScoreAwaited([&](Neighbor neighbor) {
        if (neighbor.score > nearest.score) nearest = neighbor;
      });
      if (nearest.id == start.id) return nearest;
    }
  }

  void Meet(std::int32_t node) {
    if (met_.Contains(node)) return;
    met_.Insert(node);
    Await(node);
  }

  void KeepBestOfMet() {
    ScoreAwaited([this](Neighbor node) { frontier_.Offer(node); });
  }

  // Meets the neighbors of the best node whose links were not followed yet; false if there is none.
  bool FollowBest() {
    const std::int32_t node = frontier_.TakeBest();
    if (node == kNoNode) return false;
    for (const std::int32_t neighbor : LinksOf(node, 0)) Meet(neighbor);
    return true;
  }

  const float* VectorOf(std::int32_t node) const { return vectors_.data() + node * width_; }

  void Await(std::int32_t node) {
    const float* vector = VectorOf(node);
    for (std::int64_t first = 0; first < width_; first += kFloatsPerLine) __builtin_prefetch(vector + first);
    awaited_.push_back(node);
    rows_.push_back(vector);
  }

  template <class Take>
  void ScoreAwaited(Take take) {
    scores_.resize(rows_.size());
    tensor::cpu::DotRows(query_, rows_.data(), static_cast<std::int64_t>(rows_.size()), width_, scores_.data());
    for (std::size_t i = 0; i < awaited_.size(); ++i) take(Neighbor{awaited_[i], scores_[i]});
    awaited_.clear();
    rows_.clear();
  }

  const faiss::HNSW& graph_;
  std::span<const float> vectors_;
  std::int64_t width_;
  const float* query_;
  base::BitSet met_;
  Frontier frontier_;
  // Nodes whose vectors are on their way from memory, and room for their scores.
  std::vector<std::int32_t> awaited_;
  std::vector<const void*> rows_;
  std::vector<float> scores_;
};

}  // namespace

GraphWalk::GraphWalk(const faiss::HNSW& graph, std::span<const float> vectors, std::int64_t width)
    : graph_(graph), vectors_(vectors), width_(width) {}

std::vector<Neighbor> GraphWalk::Nearest(const float* query, std::int64_t depth) const {
  return Walk(graph_, vectors_, width_, query, depth).Nearest();
}

}  // namespace shortlist::index
