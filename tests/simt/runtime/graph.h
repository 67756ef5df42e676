// Operations with their dependencies, recorded once and run many times.
#pragma once

#include <cstddef>
#include <set>
#include <vector>

#include "simt/runtime/operation.h"
#include "simt/runtime/random.h"
#include "simt/runtime/schedule.h"

namespace shortlist::simt {

struct GraphNode {
  Operation operation;
  std::set<std::size_t> after;  // earlier nodes that it waits for
};

class Graph {
 public:
  std::size_t Add(GraphNode node);
  const std::vector<GraphNode>& nodes() const { return nodes_; }

  // Whether the other one differs in nothing but the arguments of its operations.
  bool HasTopologyOf(const Graph& other) const;
  // In an order that the dependencies allow.
  void Run(Order order, Random random) const;

 private:
  std::vector<GraphNode> nodes_;
};

}  // namespace shortlist::simt
