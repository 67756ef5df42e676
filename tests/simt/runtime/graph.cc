#include "simt/runtime/graph.h"

#include <algorithm>
#include <utility>

namespace shortlist::simt {
namespace {

std::size_t Choose(const std::vector<std::size_t>& ready, Order order, Random& random) {
  if (order == Order::kForward) return 0;
  if (order == Order::kReverse) return ready.size() - 1;
  return random.Below(static_cast<std::uint32_t>(ready.size()));
}

}  // namespace

std::size_t Graph::Add(GraphNode node) {
  nodes_.push_back(std::move(node));
  return nodes_.size() - 1;
}

bool Graph::HasTopologyOf(const Graph& other) const {
  return std::equal(nodes_.begin(), nodes_.end(), other.nodes_.begin(), other.nodes_.end(),
                    [](const GraphNode& a, const GraphNode& b) {
                      return a.operation.kind == b.operation.kind && a.operation.function == b.operation.function &&
                             a.after == b.after;
                    });
}

void Graph::Run(Order order, Random random) const {
  std::vector<std::size_t> waits_for(nodes_.size());
  std::vector<std::size_t> ready;
  for (std::size_t i = 0; i < nodes_.size(); ++i) {
    waits_for[i] = nodes_[i].after.size();
    if (waits_for[i] == 0) ready.push_back(i);
  }
  while (!ready.empty()) {
    const auto chosen = ready.begin() + static_cast<std::ptrdiff_t>(Choose(ready, order, random));
    const std::size_t node = *chosen;
    ready.erase(chosen);
    nodes_[node].operation.run();
    for (std::size_t later = node + 1; later < nodes_.size(); ++later) {
      if (nodes_[later].after.contains(node) && --waits_for[later] == 0) ready.push_back(later);
    }
  }
}

}  // namespace shortlist::simt
