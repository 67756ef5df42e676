#include "cuda/collective_watch.h"

#include <algorithm>
#include <utility>

#include "cuda/check.h"

namespace shortlist::cuda {
namespace {

constexpr std::chrono::milliseconds kInterval{100};

}  // namespace

CollectiveWatch::CollectiveWatch(cudaStream_t stream, std::chrono::milliseconds timeout,
                                 std::function<std::string()> error, std::function<void()> abort)
    : stream_(stream), timeout_(timeout), error_(std::move(error)), abort_(std::move(abort)) {
  for (Operation& operation : operations_) operation.done = MakeEvent();
  thread_ = std::thread([this] { Watch(); });
}

CollectiveWatch::~CollectiveWatch() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  stopped_.notify_all();
  thread_.join();
}

void CollectiveWatch::Begin(const char* operation) {
  std::unique_lock lock(mutex_);
  Operation& slot = OperationOf(begun_ + 1);
  if (slot.queued) {
    lock.unlock();
    Check(cudaEventSynchronize(slot.done.get()), "wait for an earlier operation between ranks");
    lock.lock();
  }
  slot.name = operation;
  slot.number = ++begun_;
  slot.begin = Clock::now();
  slot.queued = false;
  done_ = std::max(done_, begun_ - std::min<std::uint64_t>(begun_, kOperations));
}

void CollectiveWatch::End() {
  const std::lock_guard lock(mutex_);
  Operation& slot = OperationOf(begun_);
  Check(cudaEventRecord(slot.done.get(), stream_), "mark an operation between ranks");
  slot.queued = true;
}

std::string CollectiveWatch::Failure() const {
  const std::lock_guard lock(mutex_);
  return failure_;
}

void CollectiveWatch::Fail(const std::string& reason) {
  {
    const std::lock_guard lock(mutex_);
    if (!failure_.empty()) return;
    failure_ = reason;
  }
  abort_();
}

void CollectiveWatch::Watch() {
  std::unique_lock lock(mutex_);
  while (!stopped_.wait_for(lock, std::min(kInterval, timeout_), [&] { return stop_; })) {
    if (!failure_.empty()) continue;
    lock.unlock();
    std::string reason = error_();
    lock.lock();
    if (reason.empty()) reason = Overdue(lock);
    if (reason.empty()) continue;
    lock.unlock();
    Fail(reason);
    lock.lock();
  }
}

// Events are asked only when it is late: most operations are never looked at.
std::string CollectiveWatch::Overdue(std::unique_lock<std::mutex>& lock) {
  while (done_ < begun_) {
    const std::uint64_t number = done_ + 1;
    const Operation& oldest = OperationOf(number);
    if (Clock::now() - oldest.begin < timeout_) return {};
    const bool queued = oldest.queued;
    cudaEvent_t const event = oldest.done.get();
    lock.unlock();
    const bool done = queued && cudaEventQuery(event) == cudaSuccess;
    lock.lock();
    if (done_ >= number) continue;  // its place in the ring has been taken meanwhile, so it is done
    if (!done) {
      return std::string(oldest.name) + " was not completed within " + std::to_string(timeout_.count() / 1000) +
             " s (train.communication.timeout_seconds)";
    }
    done_ = number;
  }
  return {};
}

}  // namespace shortlist::cuda
