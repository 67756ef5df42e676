// What one request may ask for.
#pragma once

#include <cstdint>

#include "shortlist/settings/field.h"

namespace shortlist {

struct LimitSettings {
  std::int64_t max_k = 1000;
  std::int64_t max_history = 10000;
  std::int64_t max_excluded = 10000;
  std::int64_t max_allowed = 10000;
  std::int64_t max_batch = 256;
  std::int64_t max_message_bytes = 4 << 20;

  template <class Visitor>
  void Visit(Visitor& visit) {
    visit("max_k", max_k, "Largest k of a request.", Bounds{1, 1e6});
    visit("max_history", max_history, "Most history events in a request.", Bounds{1, 1e7});
    visit("max_excluded", max_excluded, "Most ids that a request may exclude.", Bounds{1, 1e7});
    visit("max_allowed", max_allowed, "Most ids that a request may choose among.", Bounds{1, 1e7});
    visit("max_batch", max_batch, "Most requests in a batched call.", Bounds{1, 1e6});
    visit("max_message_bytes", max_message_bytes, "Largest message that is accepted, and largest answer.",
          Bounds{1024, 1 << 30});
  }
};

}  // namespace shortlist
