#include "serve/grpc_recommend_task.h"

#include <atomic>
#include <chrono>
#include <condition_variable>
#include <latch>
#include <map>
#include <memory>
#include <mutex>
#include <new>
#include <optional>
#include <string>
#include <thread>
#include <vector>

#include <gmock/gmock.h>
#include <grpcpp/grpcpp.h>
#include <gtest/gtest.h>

#include "serve/listening_service.h"

namespace shortlist::serve {
namespace {

using ::testing::HasSubstr;

// Counts runs of the user tower, of which there is one per batch, and searches; fails when told so.
struct CountingObserver final : AnswerObserver {
  void Encoded(double /*seconds*/) override {
    ++encoded;
    if (failures.fetch_sub(1) > 0) throw std::bad_alloc();
  }
  void Searched(const ItemSearch& /*search*/, double /*seconds*/) override { ++searched; }

  std::atomic<int> encoded = 0;
  std::atomic<int> searched = 0;
  std::atomic<int> failures = 0;
};

// Why calls were not answered.
struct Rejections final : CallFilter {
  grpc::Status Admit(Call& /*call*/) override { return grpc::Status::OK; }
  void Finished(const Call& call, const grpc::Status& /*status*/) override {
    const std::lock_guard lock(mutex);
    ++counts[std::string(call.rejection)];
  }

  std::mutex mutex;
  std::map<std::string, int> counts;
};

struct Answered {
  grpc::ClientContext context;
  v1::RecommendRequest request;
  v1::RecommendResponse response;
  std::optional<grpc::Status> status;
};

// A server with one worker that is held up until all calls of a test wait.
class RecommendTaskTest : public ::testing::Test {
 protected:
  RecommendTaskTest() {
    std::vector<std::unique_ptr<CallFilter>> filters;
    filters.push_back(std::make_unique<Rejections>());
    rejections_ = static_cast<Rejections*>(filters.back().get());
    service_.emplace(std::move(filters), WorkersOptions{.threads = 1, .most_waiting = 100, .most_direct = 0},
                     observer_);
    EXPECT_TRUE(service_->workers().TryRun(MakeTask([this] {
      held_.count_down();
      release_.wait();
    })));
    held_.wait();
  }
  ~RecommendTaskTest() override {
    if (!release_.try_wait()) release_.count_down();
  }

  // Sends a call that waits behind those before it.
  Answered& Send(const std::string& user, std::int64_t k,
                 std::chrono::milliseconds deadline = std::chrono::seconds(30)) {
    Answered& call = *calls_.emplace_back(std::make_unique<Answered>());
    call.context.set_deadline(std::chrono::system_clock::now() + deadline);
    call.request.set_user_id(user);
    call.request.set_k(k);
    call.request.set_time(kFirstTime + 20 * kDay);
    const std::size_t before = service_->workers().waiting();
    service_->stub->async()->Recommend(&call.context, &call.request, &call.response,
                                       [this, &call](grpc::Status status) {
                                         const std::lock_guard lock(mutex_);
                                         call.status = std::move(status);
                                         ended_.notify_all();
                                       });
    while (service_->workers().waiting() == before) std::this_thread::sleep_for(std::chrono::milliseconds(1));
    return call;
  }

  // Waits for the ends of all calls.
  void Release() {
    release_.count_down();
    std::unique_lock lock(mutex_);
    ended_.wait(lock,
                [this] { return std::ranges::all_of(calls_, [](auto& call) { return call->status.has_value(); }); });
  }

  // That of a call that nobody waits with.
  void ExpectAnswerAsAlone(const Answered& call) {
    ASSERT_TRUE(call.status->ok()) << call.status->error_message();
    grpc::ClientContext context;
    v1::RecommendResponse alone;
    ASSERT_TRUE(service_->stub->Recommend(&context, call.request, &alone).ok());
    EXPECT_EQ(call.response.SerializeAsString(), alone.SerializeAsString());
  }

  std::shared_ptr<CountingObserver> observer_ = std::make_shared<CountingObserver>();
  Rejections* rejections_ = nullptr;
  std::latch held_{1};
  std::latch release_{1};
  std::mutex mutex_;
  std::condition_variable ended_;
  std::vector<std::unique_ptr<Answered>> calls_;
  std::optional<ListeningService> service_;
};

TEST_F(RecommendTaskTest, AnswersAtOnceWhoWaitsAtTheSameMoment) {
  for (int user = 1; user < 11; ++user) Send(UserName(user), 2 + user);
  Release();
  EXPECT_EQ(observer_->encoded, 1);
  EXPECT_EQ(observer_->searched, 10);
  for (const auto& call : calls_) ExpectAnswerAsAlone(*call);
}

TEST_F(RecommendTaskTest, KeepsAFirstCallFromWaitingForAnyNumberOfOthers) {
  for (std::size_t call = 0; call < RecommendTask::kMostCalls + 2; ++call) Send("user-3", 5);
  Release();
  EXPECT_EQ(observer_->encoded, 2);
  for (const auto& call : calls_) ExpectAnswerAsAlone(*call);
}

TEST_F(RecommendTaskTest, GivesEveryCallItsOwnOutcome) {
  const Answered& good = Send("user-4", 3);
  const Answered& wrong = Send("user-5", 0);
  const Answered& unknown = Send("stranger", 3);
  const Answered& other = Send("user-6", 3);
  Release();
  ExpectAnswerAsAlone(good);
  ExpectAnswerAsAlone(unknown);
  ExpectAnswerAsAlone(other);
  EXPECT_EQ(wrong.status->error_code(), grpc::StatusCode::INVALID_ARGUMENT);
  EXPECT_THAT(wrong.status->error_message(), HasSubstr("k is 0"));
}

TEST_F(RecommendTaskTest, SearchesNothingForCallsThatNobodyWaitsForAnyMore) {
  const Answered& patient = Send("user-4", 3);
  const Answered& late = Send("user-5", 3, std::chrono::milliseconds(20));
  Answered& cancelled = Send("user-6", 3);
  cancelled.context.TryCancel();
  std::this_thread::sleep_for(std::chrono::milliseconds(100));  // until the server knows
  Release();
  EXPECT_EQ(observer_->searched, 1);
  ExpectAnswerAsAlone(patient);
  EXPECT_EQ(late.status->error_code(), grpc::StatusCode::DEADLINE_EXCEEDED);
  EXPECT_EQ(cancelled.status->error_code(), grpc::StatusCode::CANCELLED);
  const std::lock_guard lock(rejections_->mutex);
  EXPECT_EQ(rejections_->counts["cancelled"] + rejections_->counts["late"], 2);
}

TEST_F(RecommendTaskTest, AnswersOneByOneWhenTheBatchFails) {
  observer_->failures = 2;  // of the batch, and of the first call that is tried again
  const Answered& unlucky = Send("user-4", 3);
  const Answered& lucky = Send("user-5", 3);
  const Answered& another = Send("user-6", 3);
  Release();
  EXPECT_EQ(unlucky.status->error_code(), grpc::StatusCode::RESOURCE_EXHAUSTED);
  ExpectAnswerAsAlone(lucky);
  ExpectAnswerAsAlone(another);
}

TEST_F(RecommendTaskTest, LeavesOtherCallsToThemselves) {
  Send("user-4", 3);
  std::latch ran(1);
  EXPECT_TRUE(service_->workers().TryRun(MakeTask([&] { ran.count_down(); })));
  Send("user-5", 3);
  Release();
  ran.wait();
  EXPECT_EQ(observer_->encoded, 1);
}

}  // namespace
}  // namespace shortlist::serve
