#include "telemetry/metrics_endpoint.h"

#include <prometheus/collectable.h>
#include <prometheus/exposer.h>
#include <prometheus/metric_family.h>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::telemetry {
namespace {

// Two readers at a time, who must be quick; the server has better things to do.
std::vector<std::string> HttpOptions(const std::string& address) {
  return {"listening_ports", address, "num_threads", "2", "request_timeout_ms", "5000", "keep_alive_timeout_ms", "500"};
}

std::unique_ptr<prometheus::Exposer> Listen(const std::string& address) {
  try {
    return std::make_unique<prometheus::Exposer>(HttpOptions(address));
  } catch (const std::exception&) {
    throw Error(Code::kUnavailable, "cannot listen on '" + address +
                                        "' for metrics: the port is taken, or this is no host:port of this machine; "
                                        "choose another serve.metrics.address");
  }
}

}  // namespace

struct MetricsEndpoint::State {
  std::string host;
  std::vector<std::shared_ptr<prometheus::Collectable>> sources;
  std::unique_ptr<prometheus::Exposer> exposer;  // last, so that readers end before what they read
};

MetricsEndpoint::MetricsEndpoint(const std::string& address,
                                 std::vector<std::shared_ptr<prometheus::Collectable>> sources)
    : state_(std::make_unique<State>()) {
  state_->host = address.substr(0, address.rfind(':'));
  state_->sources = std::move(sources);
  state_->exposer = Listen(address);
  for (const auto& source : state_->sources) state_->exposer->RegisterCollectable(source);
}

MetricsEndpoint::~MetricsEndpoint() = default;

std::string MetricsEndpoint::address() const {
  return state_->host + ":" + std::to_string(state_->exposer->GetListeningPorts().front());
}

}  // namespace shortlist::telemetry
