// Answers become decisions that are written down, beside the calls and never in their way.
#pragma once

#include <cstdint>
#include <mutex>
#include <string_view>
#include <vector>

#include "profile/decision.h"
#include "profile/decision_log.h"
#include "profile/live_profiles.h"
#include "serve/request.h"
#include "shortlist/settings/serve_decisions.h"
#include "telemetry/serving_metrics.h"

namespace shortlist::serve {

// Whether the answer to this request is one of the share that is written down: the same on every server.
bool IsSampled(std::string_view request_id, double fraction);

// The parts that are known when the answer is.
profile::Decision DecisionOf(std::string_view request_id, const RecommendRequest& request, const Recommendation& answer,
                             std::int64_t now);

// Thread-safe.
class DecisionRecorder {
 public:
  // All must outlive the object.
  DecisionRecorder(const DecisionSettings& settings, const profile::LiveProfiles& profiles, profile::DecisionLog& log,
                   telemetry::ServingMetrics& metrics)
      : settings_(settings), profiles_(profiles), log_(log), metrics_(metrics) {}

  // Takes an answer that is about to be sent, if it is sampled and its shopper agreed. Never waits for the disk: what
  // there is no room for is counted and dropped.
  void Offer(std::string_view request_id, const RecommendRequest& request, const Recommendation& answer,
             std::int64_t now);
  // Writes what waits and rotates the log; call it again and again. What fails is counted, logged and dropped.
  void Flush(std::int64_t now);

 private:
  void Write(std::vector<profile::Decision> decisions, std::int64_t now);

  const DecisionSettings settings_;
  const profile::LiveProfiles& profiles_;
  profile::DecisionLog& log_;
  telemetry::ServingMetrics& metrics_;
  std::mutex flushing_;
  std::mutex mutex_;  // of waiting_
  std::vector<profile::Decision> waiting_;
};

}  // namespace shortlist::serve
