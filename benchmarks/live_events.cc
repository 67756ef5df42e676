// How soon an answer knows of an event, on a server that is told of many events and asked by many shoppers at once.
//
//   live_events [EVENTS_PER_SECOND CALLS_PER_SECOND SECONDS [REDIS]]
//
// REDIS is the address of one that keeps the profiles, such as unix:/tmp/redis.sock; without it the server does.
// Each call records an event of a shopper and, when that is acknowledged, asks for the shopper's items; the answer must
// have the event. All other events are recorded beside that, each by a call of its own. Calls arrive at random times,
// whatever becomes of those before them, and latencies count from when a call was due. Server and callers share the
// machine's cores.
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <filesystem>
#include <functional>
#include <iostream>
#include <random>
#include <string>
#include <thread>
#include <unistd.h>
#include <vector>

#include <fmt/format.h>
#include <grpcpp/grpcpp.h>

#include "loadtest/latency_histogram.h"
#include "serve/server.h"
#include "serving/benchmark_bundle.h"
#include "shortlist/v1/events.grpc.pb.h"
#include "shortlist/v1/retrieval.grpc.pb.h"

namespace shortlist::benchmarks {
namespace {

using Clock = std::chrono::steady_clock;
using Seconds = std::chrono::duration<double>;
using tools::LatencyHistogram;

constexpr int kCallers = 64;  // of either kind, so that hardly a call waits for one
constexpr int kShoppers = 10'000;
constexpr int kItems = 100'000;

struct Load {
  double events_per_second = 2000;
  double calls_per_second = 500;
  double seconds = 20;
  std::string redis = {};
};

class Shop {
 public:
  explicit Shop(const std::string& address)
      : channel_(grpc::CreateChannel(address, grpc::InsecureChannelCredentials())),
        events_(v1::Events::NewStub(channel_)),
        retrieval_(v1::Retrieval::NewStub(channel_)) {}

  // Returns the item of the event.
  std::string Record(const std::string& user, std::mt19937_64& random) {
    v1::RecordRequest request;
    v1::Event& event = *request.add_events();
    event.set_event_id("event-" + std::to_string(next_event_++));
    event.set_user_id(user);
    event.set_item_id("item-" + std::to_string(random() % kItems));
    event.set_kind(v1::EVENT_KIND_VIEW);
    grpc::ClientContext context;
    v1::RecordResponse response;
    const grpc::Status status = events_->Record(&context, request, &response);
    if (!status.ok() || response.outcomes(0).status() != v1::EVENT_STATUS_RECORDED) ++failed_;
    return event.item_id();
  }

  void RequireKnown(const std::string& user, const std::string& item) {
    v1::RecommendRequest request;
    request.set_user_id(user);
    request.set_k(10);
    request.set_return_history(5);
    grpc::ClientContext context;
    v1::RecommendResponse response;
    if (!retrieval_->Recommend(&context, request, &response).ok()) ++failed_;
    for (const v1::PastEvent& event : response.history()) {
      if (event.item_id() == item) return;
    }
    ++unseen_;
  }

  std::int64_t failed() const { return failed_; }
  std::int64_t unseen() const { return unseen_; }

 private:
  std::shared_ptr<grpc::Channel> channel_;
  std::unique_ptr<v1::Events::Stub> events_;
  std::unique_ptr<v1::Retrieval::Stub> retrieval_;
  std::atomic<std::int64_t> next_event_ = 0;
  std::atomic<std::int64_t> failed_ = 0;
  std::atomic<std::int64_t> unseen_ = 0;
};

using Call = std::function<void(const std::string& user, std::mt19937_64& random)>;

// Makes calls at the times of a Poisson process, which is what many callers with a share of the rate each make.
void CallAtRandom(const Call& call, double per_second, double seconds, std::uint64_t seed,
                  LatencyHistogram& latencies) {
  std::mt19937_64 random(seed);
  std::exponential_distribution<double> gap(per_second);
  const Clock::time_point end = Clock::now() + std::chrono::duration_cast<Clock::duration>(Seconds(seconds));
  for (Clock::time_point due = Clock::now();;) {
    due += std::chrono::duration_cast<Clock::duration>(Seconds(gap(random)));
    if (due > end) return;
    std::this_thread::sleep_until(due);
    call(UserName(static_cast<std::int32_t>(random() % kShoppers)), random);
    latencies.Record(Clock::now() - due);
  }
}

void Print(const std::string& what, const LatencyHistogram& latencies, double seconds) {
  const auto milliseconds = [&](double share) {
    return std::chrono::duration<double, std::milli>(latencies.Quantile(share)).count();
  };
  std::cout << fmt::format("{:24} {:8.0f} {:8.2f} {:8.2f} {:8.2f}\n", what,
                           static_cast<double>(latencies.count()) / seconds, milliseconds(0.5), milliseconds(0.99),
                           milliseconds(0.999));
}

int Measure(const std::string& address, const Load& load) {
  Shop shop(address);
  LatencyHistogram recorded;
  LatencyHistogram answered;
  const Call record = [&](const std::string& user, std::mt19937_64& random) { shop.Record(user, random); };
  const Call record_and_ask = [&](const std::string& user, std::mt19937_64& random) {
    shop.RequireKnown(user, shop.Record(user, random));
  };
  {
    std::vector<std::jthread> callers;
    for (std::uint64_t caller = 0; caller < kCallers; ++caller) {
      callers.emplace_back([&, caller] {
        CallAtRandom(record, (load.events_per_second - load.calls_per_second) / kCallers, load.seconds, 2 * caller,
                     recorded);
      });
      callers.emplace_back([&, caller] {
        CallAtRandom(record_and_ask, load.calls_per_second / kCallers, load.seconds, 2 * caller + 1, answered);
      });
    }
  }
  std::cout << "latency in milliseconds  a second      p50      p99    p99.9\n";
  Print("event to acknowledgment", recorded, load.seconds);
  Print("event to answer with it", answered, load.seconds);
  std::cout << fmt::format("{} calls failed, {} answers did not have the event\n", shop.failed(), shop.unseen());
  return shop.failed() + shop.unseen() == 0 ? 0 : 1;
}

int Run(const Load& load) {
  const std::filesystem::path folder =
      std::filesystem::temp_directory_path() / ("shortlist_live_events." + std::to_string(getpid()));
  std::filesystem::create_directories(folder);
  WriteBenchmarkBundle({.kind = IndexKind::kIvfFlat, .items = kItems, .users = kShoppers}, folder / "bundle");
  ServeSettings settings;
  settings.address = "127.0.0.1:0";
  settings.admin.address.clear();
  settings.events.directory = folder / "events";
  if (!load.redis.empty()) {
    settings.events.store.kind = EventStoreKind::kRedis;
    settings.events.store.address = load.redis;
    settings.events.store.key_prefix = folder.filename().string() + ":";
  }
  const auto server = serve::Server::Start(settings, folder / "bundle", {[](const auto&, auto) {}, {}, {}, {}});
  const int status = Measure(server->address(), load);
  server->Shutdown();
  std::filesystem::remove_all(folder);
  return status;
}

}  // namespace
}  // namespace shortlist::benchmarks

int main(int argc, char** argv) {
  shortlist::benchmarks::Load load;
  if (argc >= 4) load = {std::atof(argv[1]), std::atof(argv[2]), std::atof(argv[3])};
  if (argc == 5) load.redis = argv[4];
  return shortlist::benchmarks::Run(load);
}
