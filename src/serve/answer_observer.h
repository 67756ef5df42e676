// Whoever wants to know what answers take and rest on.
#pragma once

#include <cstdint>
#include <memory>
#include <span>
#include <vector>

#include "base/bit_set.h"
#include "index/filtered_search.h"
#include "index/neighbor.h"

namespace shortlist::serve {

class ServingSnapshot;

// One search of a snapshot's item index.
struct ItemSearch {
  const std::shared_ptr<const ServingSnapshot>& snapshot;
  std::span<const float> query;
  std::int64_t k;
  std::span<const std::int32_t> excluded;         // sorted, unique
  const base::BitSet* allowed;                    // null for all
  const std::vector<index::Neighbor>& neighbors;  // what the index answered
  index::SearchPlan plan;
};

// Thread-safe and quick: it is told on the threads of calls. Times are in seconds.
class AnswerObserver {
 public:
  virtual ~AnswerObserver() = default;
  virtual void Encoded(double seconds) = 0;
  virtual void Searched(const ItemSearch& search, double seconds) = 0;
};

class NoObserver final : public AnswerObserver {
 public:
  void Encoded(double /*seconds*/) override {}
  void Searched(const ItemSearch& /*search*/, double /*seconds*/) override {}
};

}  // namespace shortlist::serve
