// Small parts of datasets, in memory.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"
#include "eval/recommender.h"

namespace shortlist::eval {

struct Event {
  std::int32_t item = 0;
  std::int64_t time = 0;
};

// Owns what its Interactions see.
class PartFixture {
 public:
  // Events of each user, in time order.
  explicit PartFixture(const std::vector<std::vector<Event>>& users) {
    for (const std::vector<Event>& events : users) {
      for (const Event& event : events) {
        items_.push_back(event.item);
        times_.push_back(event.time);
      }
      offsets_.push_back(static_cast<std::int64_t>(items_.size()));
    }
    interactions_.offsets = offsets_;
    interactions_.items = items_;
    interactions_.times = times_;
  }
  PartFixture(const PartFixture&) = delete;
  PartFixture& operator=(const PartFixture&) = delete;

  const data::Interactions& operator*() const { return interactions_; }
  const data::Interactions* get() const { return &interactions_; }

 private:
  std::vector<std::int64_t> offsets_{0};
  std::vector<std::int32_t> items_;
  std::vector<std::int64_t> times_;
  data::Interactions interactions_;
};

// A query with times 0, 1, 2…
inline Query QueryOf(std::vector<std::int32_t> history) {
  Query query;
  query.history = std::move(history);
  for (std::size_t i = 0; i < query.history.size(); ++i) query.times.push_back(static_cast<std::int64_t>(i));
  query.now = static_cast<std::int64_t>(query.history.size());
  return query;
}

}  // namespace shortlist::eval
