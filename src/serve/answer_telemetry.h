// Stages of answers as metrics, and their searches to the canary.
#pragma once

#include <string_view>

#include "serve/answer_observer.h"
#include "serve/recall_canary.h"
#include "telemetry/serving_metrics.h"

namespace shortlist::serve {

class AnswerTelemetry final : public AnswerObserver {
 public:
  // Both must outlive the object.
  AnswerTelemetry(telemetry::ServingMetrics& metrics, RecallCanary& canary) : metrics_(metrics), canary_(canary) {}

  void Encoded(double seconds) override { metrics_.Encoded(seconds); }
  void Searched(const ItemSearch& search, double seconds) override {
    metrics_.Searched(seconds);
    if (search.plan != index::SearchPlan::kUnfiltered) metrics_.Filtered(NameOf(search.plan));
    canary_.Offer(search);
  }

 private:
  static std::string_view NameOf(index::SearchPlan plan) {
    if (plan == index::SearchPlan::kScanMatching) return "scan_matching";
    return plan == index::SearchPlan::kScanAll ? "scan_all" : "search_then_filter";
  }

  telemetry::ServingMetrics& metrics_;
  RecallCanary& canary_;
};

}  // namespace shortlist::serve
