#include "eval/organic_events.h"

#include <cstddef>

namespace shortlist::eval {

OrganicEvents::OrganicEvents(const data::Interactions& part) {
  offsets_.push_back(0);
  for (std::size_t user = 0; user + 1 < part.offsets.size(); ++user) {
    for (auto event = static_cast<std::size_t>(part.offsets[user]);
         event < static_cast<std::size_t>(part.offsets[user + 1]); ++event) {
      if (!part.from_answer.empty() && part.from_answer[event] != 0) continue;
      items_.push_back(part.items[event]);
      times_.push_back(part.times[event]);
    }
    offsets_.push_back(static_cast<std::int64_t>(items_.size()));
  }
  view_.offsets = offsets_;
  view_.items = items_;
  view_.times = times_;
}

}  // namespace shortlist::eval
