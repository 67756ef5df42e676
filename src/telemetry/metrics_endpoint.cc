#include "telemetry/metrics_endpoint.h"

#include <charconv>
#include <httplib.h>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>
#include <thread>
#include <utility>

#include "shortlist/error.h"

namespace shortlist::telemetry {
namespace {

// Two readers at a time, who must be quick; the server has better things to do.
constexpr std::size_t kReaders = 2;
constexpr std::time_t kPatience = 5;  // seconds
constexpr std::size_t kLongestRequestBody = 1024;
constexpr char kTextFormat[] = "text/plain; version=0.0.4; charset=utf-8";

using Sources = std::vector<std::shared_ptr<prometheus::Collectable>>;

Error CannotListen(const std::string& address) {
  return {Code::kUnavailable, "cannot listen on '" + address +
                                  "' for metrics: the port is taken, or this is no host:port of this machine; choose "
                                  "another serve.metrics.address"};
}

std::string Text(const Sources& sources) {
  std::vector<prometheus::MetricFamily> families;
  for (const auto& source : sources) {
    for (prometheus::MetricFamily& family : source->Collect()) families.push_back(std::move(family));
  }
  return prometheus::TextSerializer().Serialize(families);
}

// Without sharing of ports, which is the library's default, a second server on a port is an error.
void KeepThePort(int socket) {
  const int yes = 1;
  setsockopt(socket, SOL_SOCKET, SO_REUSEADDR, &yes, sizeof yes);
}

void Configure(httplib::Server& server) {
  server.new_task_queue = [] { return new httplib::ThreadPool(kReaders); };  // the server takes ownership
  server.set_socket_options(KeepThePort);
  server.set_read_timeout(kPatience);
  server.set_write_timeout(kPatience);
  server.set_keep_alive_timeout(kPatience);
  server.set_payload_max_length(kLongestRequestBody);
}

// The port that was taken.
int Bind(httplib::Server& server, const std::string& address) {
  const std::size_t colon = address.rfind(':');
  if (colon == std::string::npos) throw CannotListen(address);
  const std::string host = address.substr(0, colon);
  int port = -1;
  const auto [end, failure] = std::from_chars(address.data() + colon + 1, address.data() + address.size(), port);
  if (failure != std::errc{} || end != address.data() + address.size()) throw CannotListen(address);
  if (port == 0)
    port = server.bind_to_any_port(host);
  else if (!server.bind_to_port(host, port))
    port = -1;
  if (port < 0) throw CannotListen(address);
  return port;
}

}  // namespace

struct MetricsEndpoint::State {
  State(const std::string& address, Sources given) : sources(std::move(given)) {
    Configure(server);
    server.Get("/metrics", [this](const httplib::Request& /*request*/, httplib::Response& response) {
      response.set_content(Text(sources), kTextFormat);
    });
    taken = address.substr(0, address.rfind(':') + 1) + std::to_string(Bind(server, address));
    thread = std::jthread([this] { server.listen_after_bind(); });
    while (!server.is_running()) std::this_thread::yield();  // stop() is for running servers only
  }

  ~State() { server.stop(); }

  Sources sources;
  std::string taken;
  httplib::Server server;
  std::jthread thread;  // last, so that it ends before what it uses
};

MetricsEndpoint::MetricsEndpoint(const std::string& address, Sources sources)
    : state_(std::make_unique<State>(address, std::move(sources))) {}

MetricsEndpoint::~MetricsEndpoint() = default;

std::string MetricsEndpoint::address() const {
  return state_->taken;
}

}  // namespace shortlist::telemetry
