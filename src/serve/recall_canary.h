// The recall that shoppers get: some live searches are answered again by a scan of all vectors, in the background, and
// set beside what the index had answered.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "serve/answer_observer.h"
#include "serve/snapshot.h"
#include "shortlist/settings/serve_metrics.h"
#include "telemetry/serving_metrics.h"

namespace shortlist::serve {

// A search that outlives its call.
struct CanaryQuery {
  std::shared_ptr<const ServingSnapshot> snapshot;
  std::vector<float> query;
  std::int64_t k = 0;
  std::vector<std::int32_t> excluded;                  // sorted, unique
  std::vector<float> scores;                           // of the answer
  std::optional<base::BitSet> allowed = std::nullopt;  // none: all
};

struct CanaryResult {
  std::int64_t expected = 0;  // neighbors that exact search finds: k, or all if fewer remain
  std::int64_t hits = 0;      // entries of the answer that are as good as the worst of those
};

CanaryResult AnswerExactly(const CanaryQuery& query);

// Thread-safe.
class RecallCanary {
 public:
  // Results go to `metrics`, which must outlive the object. Without a fraction there is no thread and no work.
  RecallCanary(const CanarySettings& settings, telemetry::ServingMetrics& metrics);
  // Drops what is waiting.
  ~RecallCanary();
  RecallCanary(const RecallCanary&) = delete;
  RecallCanary& operator=(const RecallCanary&) = delete;

  // Takes a copy of the settings' fraction of searches, and drops it if too many are waiting. Never waits itself.
  void Offer(const ItemSearch& search);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::serve
