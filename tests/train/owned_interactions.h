// Interactions made by hand, with the memory behind their spans.
#pragma once

#include <cstdint>
#include <vector>

#include "data/dataset.h"

namespace shortlist::train {

struct Event {
  std::int32_t item = 0;
  std::int64_t time = 0;
  float weight = 1;
  std::int32_t context = 0;
  float dense = 0;
};

// Not copyable: its spans point into it.
class OwnedInteractions {
 public:
  // One list of events per user; one categorical context feature and one dense one.
  explicit OwnedInteractions(const std::vector<std::vector<Event>>& users) {
    for (const std::vector<Event>& events : users) {
      for (const Event& event : events) {
        items_.push_back(event.item);
        times_.push_back(event.time);
        weights_.push_back(event.weight);
        context_.push_back(event.context);
        dense_.push_back(event.dense);
      }
      offsets_.push_back(static_cast<std::int64_t>(items_.size()));
    }
    view_.offsets = offsets_;
    view_.items = items_;
    view_.times = times_;
    view_.weights = weights_;
    view_.context = {context_};
    view_.context_dense = dense_;
  }
  OwnedInteractions(const OwnedInteractions&) = delete;
  OwnedInteractions& operator=(const OwnedInteractions&) = delete;

  const data::Interactions* view() const { return &view_; }

 private:
  std::vector<std::int64_t> offsets_ = {0};
  std::vector<std::int32_t> items_;
  std::vector<std::int64_t> times_;
  std::vector<float> weights_;
  std::vector<std::int32_t> context_;
  std::vector<float> dense_;
  data::Interactions view_;
};

}  // namespace shortlist::train
