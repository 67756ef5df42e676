#include "telemetry/serving_metrics.h"

#include <algorithm>
#include <array>
#include <prometheus/counter.h>
#include <prometheus/family.h>
#include <prometheus/gauge.h>
#include <prometheus/histogram.h>
#include <prometheus/registry.h>
#include <string>
#include <vector>

#include "shortlist/error.h"

namespace shortlist::telemetry {
namespace {

using prometheus::Counter;
using prometheus::Family;
using prometheus::Gauge;
using prometheus::Histogram;
using prometheus::Registry;

constexpr std::string_view kService = "shortlist.v1.Retrieval/";
constexpr std::array<std::string_view, 5> kMethodNames = {"Recommend", "RecommendBatch", "SimilarItems", "SimilarUsers",
                                                          "other"};
constexpr std::array<std::string_view, 6> kRejectionNames = {"queue_full", "in_flight", "waited",
                                                             "late",       "quota",     "cancelled"};
constexpr std::array<std::string_view, 3> kPlanNames = {"scan_matching", "search_then_filter", "scan_all"};
constexpr std::array<std::string_view, 4> kDecisionNames = {"written", "withheld", "dropped", "failed"};
constexpr std::size_t kCodes = 17;

// Seconds: from what an index answers in to what a client gives up at.
const Histogram::BucketBoundaries& TimeBuckets() {
  static const Histogram::BucketBoundaries buckets = {.00005, .0001, .0002, .0005, .001, .002, .005, .01,
                                                      .02,    .05,   .1,    .2,    .5,   1,    2,    5};
  return buckets;
}

Family<Counter>& AddCounter(Registry& registry, const std::string& name, const std::string& help) {
  return prometheus::BuildCounter().Name("shortlist_" + name).Help(help).Register(registry);
}

Family<Histogram>& AddTimes(Registry& registry, const std::string& name, const std::string& help) {
  return prometheus::BuildHistogram().Name("shortlist_" + name).Help(help).Register(registry);
}

Gauge& AddGauge(Registry& registry, const std::string& name, const std::string& help) {
  return prometheus::BuildGauge().Name("shortlist_" + name).Help(help).Register(registry).Add({});
}

std::string CodeLabel(std::size_t code) {
  return code == 0 ? "OK" : CodeName(static_cast<Code>(code));
}

}  // namespace

Method FindMethod(std::string_view full_name) {
  if (!full_name.starts_with(kService)) return Method::kOther;
  const auto* const found = std::ranges::find(kMethodNames, full_name.substr(kService.size()));
  return found == kMethodNames.end() ? Method::kOther : static_cast<Method>(found - kMethodNames.begin());
}

struct ServingMetrics::State {
  State() {
    auto& requests = AddCounter(*registry, "requests_total", "Calls that ended, by method and status code.");
    auto& times = AddTimes(*registry, "request_duration_seconds", "From a call's arrival to its answer, by method.");
    for (std::size_t m = 0; m < kMethodNames.size(); ++m) {
      const std::string method(kMethodNames[m]);
      durations[m] = &times.Add({{"method", method}}, TimeBuckets());
      for (std::size_t code = 0; code < kCodes; ++code) {
        finished[m][code] = &requests.Add({{"method", method}, {"code", CodeLabel(code)}});
      }
    }
    auto& plans = AddCounter(*registry, "filtered_searches_total", "Searches among some of the items, by plan.");
    for (std::size_t p = 0; p < kPlanNames.size(); ++p) {
      filtered[p] = &plans.Add({{"plan", std::string(kPlanNames[p])}});
    }
    auto& decisions = AddCounter(*registry, "decisions_total", "Answers that were to be written down, by outcome.");
    for (std::size_t d = 0; d < kDecisionNames.size(); ++d) {
      decided[d] = &decisions.Add({{"outcome", std::string(kDecisionNames[d])}});
    }
    for (std::size_t r = 0; r < kRejectionNames.size(); ++r) {
      rejected[r] = &rejections.Add({{"reason", std::string(kRejectionNames[r])}});
    }
  }

  std::shared_ptr<Registry> registry = std::make_shared<Registry>();
  std::array<std::array<Counter*, kCodes>, kMethodNames.size()> finished{};
  std::array<Histogram*, kMethodNames.size()> durations{};
  Family<Counter>& rejections =
      AddCounter(*registry, "rejected_requests_total", "Calls that were refused or dropped without work, by reason.");
  std::array<Counter*, kRejectionNames.size()> rejected{};
  std::array<Counter*, kPlanNames.size()> filtered{};
  std::array<Counter*, kDecisionNames.size()> decided{};
  Gauge& in_flight = AddGauge(*registry, "requests_in_flight", "Calls that arrived and have not ended.");
  Histogram& waits =
      AddTimes(*registry, "queue_wait_seconds", "From a call's arrival to its turn.").Add({}, TimeBuckets());
  Histogram& towers =
      AddTimes(*registry, "tower_duration_seconds", "Time in the user tower, per call.").Add({}, TimeBuckets());
  Histogram& searches =
      AddTimes(*registry, "search_duration_seconds", "Time in the index, per search.").Add({}, TimeBuckets());
  Counter& canary_expected =
      AddCounter(*registry, "recall_canary_expected_total", "Neighbors that exact search found.").Add({});
  Counter& canary_hits =
      AddCounter(*registry, "recall_canary_hits_total", "Those of them that had been in the answer.").Add({});
  Counter& canary_queries =
      AddCounter(*registry, "recall_canary_queries_total", "Queries that were answered again exactly.").Add({});
  Counter& canary_dropped =
      AddCounter(*registry, "recall_canary_dropped_total", "Queries chosen for it but dropped, because it was busy.")
          .Add({});
};

ServingMetrics::ServingMetrics() : state_(std::make_unique<State>()) {}

ServingMetrics::~ServingMetrics() = default;

void ServingMetrics::Arrived() {
  state_->in_flight.Increment();
}

void ServingMetrics::Finished(Method method, int code, double seconds) {
  const auto m = static_cast<std::size_t>(method);
  const auto known = static_cast<std::size_t>(code) < kCodes ? static_cast<std::size_t>(code)
                                                             : static_cast<std::size_t>(Code::kUnknown);
  state_->in_flight.Decrement();
  state_->finished[m][known]->Increment();
  state_->durations[m]->Observe(seconds);
}

void ServingMetrics::Waited(double seconds) {
  state_->waits.Observe(seconds);
}

void ServingMetrics::Encoded(double seconds) {
  state_->towers.Observe(seconds);
}

void ServingMetrics::Searched(double seconds) {
  state_->searches.Observe(seconds);
}

void ServingMetrics::Filtered(std::string_view plan) {
  const auto* const known = std::ranges::find(kPlanNames, plan);
  if (known != kPlanNames.end()) state_->filtered[static_cast<std::size_t>(known - kPlanNames.begin())]->Increment();
}

void ServingMetrics::Rejected(std::string_view reason) {
  const auto* const known = std::ranges::find(kRejectionNames, reason);
  if (known == kRejectionNames.end()) {
    state_->rejections.Add({{"reason", std::string(reason)}}).Increment();
  } else {
    state_->rejected[static_cast<std::size_t>(known - kRejectionNames.begin())]->Increment();
  }
}

void ServingMetrics::CanaryAnswered(std::int64_t hits, std::int64_t expected) {
  state_->canary_queries.Increment();
  state_->canary_hits.Increment(static_cast<double>(hits));
  state_->canary_expected.Increment(static_cast<double>(expected));
}

void ServingMetrics::CanaryDropped() {
  state_->canary_dropped.Increment();
}

void ServingMetrics::Decided(std::string_view outcome, std::size_t decisions) {
  const auto* const known = std::ranges::find(kDecisionNames, outcome);
  if (known == kDecisionNames.end()) return;
  state_->decided[static_cast<std::size_t>(known - kDecisionNames.begin())]->Increment(static_cast<double>(decisions));
}

std::shared_ptr<prometheus::Collectable> ServingMetrics::collectable() const {
  return state_->registry;
}

}  // namespace shortlist::telemetry
