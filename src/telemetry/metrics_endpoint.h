// Metrics over HTTP, for Prometheus.
#pragma once

#include <memory>
#include <string>
#include <vector>

namespace prometheus {
class Collectable;
}

namespace shortlist::telemetry {

// Answers GET /metrics until it is destroyed.
class MetricsEndpoint {
 public:
  // Listens at `address` (host:port; port 0 takes a free one). Throws Error{kUnavailable} if it cannot.
  MetricsEndpoint(const std::string& address, std::vector<std::shared_ptr<prometheus::Collectable>> sources);
  ~MetricsEndpoint();
  MetricsEndpoint(const MetricsEndpoint&) = delete;
  MetricsEndpoint& operator=(const MetricsEndpoint&) = delete;

  // With the port that was taken.
  std::string address() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::telemetry
