#include "loadtest/load_generator.h"

#include <absl/synchronization/mutex.h>
#include <algorithm>
#include <atomic>
#include <memory>
#include <sys/resource.h>
#include <thread>
#include <utility>

#include <grpcpp/generic/generic_stub.h>

#include "client_channel.h"
#include "fleet_arguments.h"
#include "loadtest/arrivals.h"
#include "loadtest/call_tally.h"
#include "shortlist/error.h"

namespace shortlist::tools {
namespace {

constexpr std::chrono::seconds kConnectTime(3);
constexpr std::chrono::milliseconds kLongestSleep(100);

void Require(bool holds, const char* what) {
  if (!holds) throw Error(Code::kInvalidArgument, std::string("a load test needs ") + what);
}

void RequireSound(const LoadPlan& plan, const PreparedCalls& calls) {
  Require(!plan.addresses.empty(), "the address of a server");
  Require(plan.connections > 0, "at least one connection");
  Require(plan.concurrency > 0, "at least one call under way");
  Require(plan.rate >= 0, "a rate of calls per second that is not negative");
  Require(plan.duration.count() > 0 && plan.warm_up.count() >= 0, "a duration");
  Require(plan.deadline.count() > 0, "a deadline");
  Require(plan.attempts >= 1 && plan.attempts <= 5, "one to five attempts per call");
  Require(!calls.requests.empty(), "requests");
}

// A channel that shares its connections with no other.
std::shared_ptr<grpc::Channel> Connect(const std::string& address, const LoadPlan& plan) {
  grpc::ChannelArguments arguments = FleetArguments(plan.attempts);
  arguments.SetInt(GRPC_ARG_USE_LOCAL_SUBCHANNEL_POOL, 1);
  std::shared_ptr<grpc::Channel> channel = MakeChannel(address, plan.security, arguments);
  if (channel->WaitForConnected(std::chrono::system_clock::now() + kConnectTime)) return channel;
  throw Error(Code::kUnavailable, "no server answers at '" + address + "'; is `shortlist serve` running there?");
}

double Seconds(const timeval& time) {
  return static_cast<double>(time.tv_sec) + 1e-6 * static_cast<double>(time.tv_usec);
}

// Where a run stands at an instant.
struct Reading {
  LoadClock::time_point time;
  double cpu_seconds = 0;
  std::int64_t ended = 0;
  std::int64_t succeeded = 0;
};

Reading ReadNow(const CallTally& tally) {
  rusage usage{};
  getrusage(RUSAGE_SELF, &usage);
  return {LoadClock::now(), Seconds(usage.ru_utime) + Seconds(usage.ru_stime), tally.ended(), tally.succeeded()};
}

using Stubs = std::vector<std::unique_ptr<grpc::GenericStub>>;

// Sends calls and counts their ends. Calls under way keep it alive; what it refers to must live until WaitForAll
// returns. It does not own the stubs: the last owner of a channel must not be a thread of gRPC, which would wait for
// itself.
class Sender : public std::enable_shared_from_this<Sender> {
 public:
  Sender(const LoadPlan& plan, const PreparedCalls& calls, const Stubs& stubs, LoadClock::time_point start)
      : plan_(plan),
        calls_(calls),
        stubs_(stubs),
        start_(start),
        window_{start + plan.warm_up, start + plan.warm_up + plan.duration},
        tally_(window_) {}

  const MeasuredWindow& window() const { return window_; }
  const CallTally& tally() const { return tally_; }

  // Sends all calls of the schedule, late ones too: to leave them out would hide what a stall costs.
  void SendOnSchedule() {
    Arrivals arrivals(plan_.arrivals, plan_.rate, plan_.seed);
    for (auto intended = start_ + arrivals.Next(); intended < window_.end; intended = start_ + arrivals.Next()) {
      if (!SleepUntil(intended)) return;
      WaitUntilUnderWay(plan_.concurrency - 1);
      Send(intended);
    }
  }

  // Makes the first call of each caller; the end of a call makes the next.
  void StartCallers() {
    for (std::int64_t caller = 0; caller < plan_.concurrency; ++caller) Send(LoadClock::now());
  }

  void Stop() { stopped_ = true; }

  void WaitForAll() const { WaitUntilUnderWay(0); }

 private:
  struct Call {
    grpc::ClientContext context;
    grpc::ByteBuffer answer;
  };

  // False if the run was stopped meanwhile.
  bool SleepUntil(LoadClock::time_point time) const {
    while (!stopped_ && LoadClock::now() < time) {
      std::this_thread::sleep_until(std::min(time, LoadClock::now() + kLongestSleep));
    }
    return !stopped_;
  }

  void WaitUntilUnderWay(std::int64_t most) const {
    for (std::int64_t now = under_way_; now > most; now = under_way_) under_way_.wait(now);
  }

  void Send(LoadClock::time_point intended) {
    const std::uint64_t number = next_.fetch_add(1, std::memory_order_relaxed);
    const auto now = LoadClock::now();
    tally_.Sent(intended, now);
    under_way_.fetch_add(1);
    auto call = std::make_shared<Call>();
    call->context.set_deadline(std::chrono::system_clock::now() + (intended + plan_.deadline - now));
    stubs_[number % stubs_.size()]->UnaryCall(
        &call->context, calls_.method, grpc::StubOptions(), &calls_.Request(number), &call->answer,
        [self = shared_from_this(), call, intended](const grpc::Status& status) mutable {
          call.reset();  // its context shares the channel
          self->End(status, intended);
        });
  }

  void End(const grpc::Status& status, LoadClock::time_point intended) {
    const auto now = LoadClock::now();
    tally_.Ended(status.error_code(), intended, now);
    if (plan_.rate == 0 && now < window_.end && !stopped_) Send(now);
    under_way_.fetch_sub(1);
    under_way_.notify_all();
  }

  const LoadPlan& plan_;
  const PreparedCalls& calls_;
  const Stubs& stubs_;
  LoadClock::time_point start_;
  MeasuredWindow window_;
  CallTally tally_;
  std::atomic<std::uint64_t> next_ = 0;
  std::atomic<std::int64_t> under_way_ = 0;
  std::atomic<bool> stopped_ = false;
};

Stubs ConnectAll(const LoadPlan& plan) {
  Stubs stubs;
  for (std::int64_t connection = 0; connection < plan.connections; ++connection) {
    for (const std::string& address : plan.addresses) {
      stubs.push_back(std::make_unique<grpc::GenericStub>(Connect(address, plan)));
    }
  }
  return stubs;
}

// Asks a few times a second whether to keep on; false if not.
bool WatchUntil(LoadClock::time_point time, const Sender& sender,
                const std::function<bool(const LoadProgress&)>& keep_on) {
  while (LoadClock::now() < time) {
    std::this_thread::sleep_until(std::min(time, LoadClock::now() + kLongestSleep));
    const CallTally& tally = sender.tally();
    const std::int64_t failures = tally.measured_failures();
    if (!keep_on({tally.latencies().count() + failures, failures, tally.latencies()})) return false;
  }
  return true;
}

std::vector<LoadReport::Quantile> QuantilesOf(const LatencyHistogram& latencies) {
  return {{"p50", latencies.Quantile(.5)},  {"p90", latencies.Quantile(.9)},     {"p95", latencies.Quantile(.95)},
          {"p99", latencies.Quantile(.99)}, {"p99.9", latencies.Quantile(.999)}, {"max", latencies.max()}};
}

LoadReport ReportOn(const CallTally& tally, const Reading& begin, const Reading& end) {
  LoadReport report;
  report.seconds = std::chrono::duration<double>(end.time - begin.time).count();
  report.offered_rate = static_cast<double>(tally.lags().count()) / report.seconds;
  report.answered_rate = static_cast<double>(end.succeeded - begin.succeeded) / report.seconds;
  report.calls_by_code = tally.CallsByCode();
  report.latencies = QuantilesOf(tally.latencies());
  report.mean_latency = tally.latencies().Mean();
  report.send_lag = tally.lags().Quantile(.99);
  const auto ended = static_cast<double>(std::max<std::int64_t>(1, end.ended - begin.ended));
  report.client_microseconds = 1e6 * (end.cpu_seconds - begin.cpu_seconds) / ended;
  return report;
}

}  // namespace

LoadReport RunLoad(const LoadPlan& plan, const PreparedCalls& calls,
                   const std::function<bool(const LoadProgress&)>& keep_on) {
  RequireSound(plan, calls);
  // As the server does: Abseil's search for cycles among locks, on where it was built for debugging, is no cost of
  // calls.
  absl::SetMutexDeadlockDetectionMode(absl::OnDeadlockCycle::kIgnore);
  const Stubs stubs = ConnectAll(plan);
  const auto sender = std::make_shared<Sender>(plan, calls, stubs, LoadClock::now());
  std::jthread schedule;
  if (plan.rate > 0) {
    schedule = std::jthread([&] { sender->SendOnSchedule(); });
  } else {
    sender->StartCallers();
  }
  bool whole = WatchUntil(sender->window().begin, *sender, keep_on);
  const Reading begin = ReadNow(sender->tally());
  whole = whole && WatchUntil(sender->window().end, *sender, keep_on);
  const Reading end = ReadNow(sender->tally());
  if (!whole) sender->Stop();
  if (schedule.joinable()) schedule.join();
  sender->WaitForAll();
  return ReportOn(sender->tally(), begin, end);
}

}  // namespace shortlist::tools
