// Anything that ranks the catalog for shoppers: trained models and baselines alike.
#pragma once

#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "data/dataset.h"
#include "shortlist/settings/evaluate.h"

namespace shortlist::eval {

// A shopper as seen at the time of asking.
struct Query {
  std::int64_t user = 0;
  std::vector<std::int32_t> history;  // in time order
  std::vector<std::int64_t> times;    // as long as history
  std::int64_t now = 0;               // Unix seconds, or the order number of the next event
};

// One shortlist per query, best first.
using Rankings = std::vector<std::vector<std::int32_t>>;

class Recommender {
 public:
  virtual ~Recommender() = default;

  virtual std::string Name() const = 0;

  // For each query, up to k items, best first, ties by the smaller item index. Items of the history are left out under
  // SeenRule::kMask. result is [queries.size()][<= k].
  virtual Rankings Rank(std::span<const Query> queries, std::int64_t k, SeenRule seen) const = 0;
};

}  // namespace shortlist::eval
