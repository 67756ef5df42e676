// What a server counts and times, for Prometheus. docs/operations.md says what each metric is for.
#pragma once

#include <cstddef>
#include <cstdint>
#include <memory>
#include <string_view>

namespace prometheus {
class Collectable;
}

namespace shortlist::telemetry {

// Those of shortlist.v1.Retrieval by their names; all of other services are one.
enum class Method { kRecommend, kRecommendBatch, kSimilarItems, kSimilarUsers, kOther };
// Of "shortlist.v1.Retrieval/Recommend".
Method FindMethod(std::string_view full_name);

// Thread-safe. Every series exists from the start, so that counting looks nothing up and rates start from zero; times
// are in seconds.
class ServingMetrics {
 public:
  ServingMetrics();
  ~ServingMetrics();
  ServingMetrics(const ServingMetrics&) = delete;
  ServingMetrics& operator=(const ServingMetrics&) = delete;

  void Arrived();
  // `code` is the status, 0 (OK) to 16.
  void Finished(Method method, int code, double seconds);
  void Waited(double seconds);
  void Encoded(double seconds);
  void Searched(double seconds);
  void Filtered(std::string_view plan);    // scan_matching, search_then_filter or scan_all; others do not count
  void Rejected(std::string_view reason);  // few reasons, in words_like_this
  void CanaryAnswered(std::int64_t hits, std::int64_t expected);
  void CanaryDropped();
  // Answers that were to be written down, by what became of them: written, withheld, dropped or failed; others do not
  // count.
  void Decided(std::string_view outcome, std::size_t decisions);

  // For a MetricsEndpoint.
  std::shared_ptr<prometheus::Collectable> collectable() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::telemetry
