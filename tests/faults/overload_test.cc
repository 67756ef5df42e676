// Five times as many calls as the server can answer.
#include <algorithm>
#include <atomic>
#include <chrono>
#include <cstdio>
#include <memory>
#include <mutex>
#include <thread>
#include <vector>

#include <gtest/gtest.h>

#include "faults/load.h"
#include "faults/served_models.h"

namespace shortlist::faults {
namespace {

using std::chrono::seconds;

// Calls that begin when they are due, whatever became of those before them.
class OpenLoad {
 public:
  explicit OpenLoad(const std::string& address)
      : stub_(v1::Retrieval::NewStub(grpc::CreateChannel(address, grpc::InsecureChannelCredentials()))) {
    for (int shopper = 0; shopper < kShoppersPerCall; ++shopper) {
      v1::RecommendRequest& request = *request_.add_requests();
      request.set_user_id("user-" + std::to_string(shopper % 12));
      request.set_k(50);
    }
  }

  void Begin() {
    auto* const call = new Call;
    call->record.due = Clock::now();
    call->context.set_deadline(std::chrono::system_clock::now() + kPatience);
    ++under_way_;
    ++sent_;
    stub_->async()->RecommendBatch(
        &call->context, &request_, &call->response,
        [this, call](const grpc::Status& status) { End(std::unique_ptr<Call>(call), status); });
  }

  void Run(double calls_per_second, seconds duration) {
    const auto period =
        std::chrono::duration_cast<Clock::duration>(std::chrono::duration<double>(1 / calls_per_second));
    const Clock::time_point end = Clock::now() + duration;
    for (Clock::time_point due = Clock::now(); due < end; due += period) {
      std::this_thread::sleep_until(due);
      Begin();
    }
  }

  // As many calls at a time as `concurrency`, each after another.
  void RunClosed(int concurrency, seconds duration) {
    const Clock::time_point end = Clock::now() + duration;
    while (Clock::now() < end) {
      while (under_way_ < concurrency) Begin();
      std::this_thread::sleep_for(std::chrono::microseconds(200));
    }
  }

  // Calls that have begun.
  std::size_t sent() const { return sent_; }

  std::vector<CallRecord> Finish() {
    while (under_way_ > 0) std::this_thread::sleep_for(std::chrono::milliseconds(5));
    const std::lock_guard lock(mutex_);
    return std::exchange(records_, {});
  }

 private:
  static constexpr int kShoppersPerCall = 256;
  // Longer than this process, which shares the machine with the server, may take to come to a call's end.
  static constexpr seconds kPatience{120};

  struct Call {
    grpc::ClientContext context;
    v1::RecommendBatchResponse response;
    CallRecord record;
  };

  void End(std::unique_ptr<Call> call, const grpc::Status& status) {
    call->record.end = Clock::now();
    call->record.code = status.error_code();
    call->record.message = status.error_message();
    const auto& trailers = call->context.GetServerTrailingMetadata();
    const auto pushback = trailers.find("grpc-retry-pushback-ms");
    if (pushback != trailers.end()) call->record.pushback = {pushback->second.data(), pushback->second.size()};
    {
      const std::lock_guard lock(mutex_);
      records_.push_back(call->record);
    }
    --under_way_;
  }

  std::unique_ptr<v1::Retrieval::Stub> stub_;
  v1::RecommendBatchRequest request_;
  std::atomic<int> under_way_ = 0;
  std::atomic<std::size_t> sent_ = 0;
  std::mutex mutex_;
  std::vector<CallRecord> records_;
};

std::vector<double> LatenciesOf(const std::vector<CallRecord>& records, grpc::StatusCode code) {
  std::vector<double> latencies;
  for (const CallRecord& record : records) {
    if (record.code == code) latencies.push_back(record.milliseconds());
  }
  return latencies;
}

using OverloadSlowTest = ServedModels;

TEST_F(OverloadSlowTest, RefusesWhatIsTooMuchAndAnswersTheRest) {
  constexpr seconds kDuration(5);
  Serve("overload: {max_waiting: 64, max_wait_milliseconds: 200}");
  OpenLoad load(address());
  load.RunClosed(4, seconds(1));
  load.Finish();
  load.RunClosed(4, kDuration);
  const std::vector<CallRecord> peak = load.Finish();
  const double capacity = static_cast<double>(peak.size()) / static_cast<double>(kDuration.count());

  const std::size_t sent_before = load.sent();
  load.Run(5 * capacity, kDuration);
  const std::vector<CallRecord> records = load.Finish();
  const std::vector<double> answered = LatenciesOf(records, grpc::StatusCode::OK);
  const std::vector<double> refused = LatenciesOf(records, grpc::StatusCode::RESOURCE_EXHAUSTED);
  EXPECT_EQ(answered.size() + refused.size(), load.sent() - sent_before);
  for (const CallRecord& record : records) {
    const bool ok = record.code == grpc::StatusCode::OK;
    EXPECT_TRUE(ok || record.code == grpc::StatusCode::RESOURCE_EXHAUSTED) << record.code << " " << record.message;
    EXPECT_EQ(record.pushback.empty(), ok) << record.message;
  }
  EXPECT_GT(answered.size(), 0U);
  EXPECT_GT(refused.size(), 0U);
  const double goodput = static_cast<double>(answered.size()) / static_cast<double>(kDuration.count());
  std::printf(
      "capacity %.0f calls/s; at five times that, goodput %.0f calls/s (%.2f of it); p99 of answers %.0f ms, of "
      "refusals %.0f ms\n",
      capacity, goodput, goodput / capacity, Percentile(answered, 0.99), Percentile(refused, 0.99));
  ExpectAnswer();
}

}  // namespace
}  // namespace shortlist::faults
