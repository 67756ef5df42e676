#include "simt/runtime/stream.h"

#include <algorithm>
#include <condition_variable>
#include <mutex>
#include <utility>

#include "simt/runtime/machine.h"
#include "simt/runtime/memory_checker.h"

namespace shortlist::simt {
namespace {

// One lock for all queues: an operation of one stream may wait for another stream, which a second host thread may be
// running at that moment. It is not held while an operation runs.
struct QueueLock {
  std::mutex mutex;
  std::condition_variable changed;
};

QueueLock& Queues() {
  static QueueLock lock;
  return lock;
}

}  // namespace

std::uint64_t Stream::Push(Operation operation) {
  const std::lock_guard lock(Queues().mutex);
  queue_.push_back(std::move(operation));
  ++pushed_;
  LinkedMemoryChecker().OperationQueued({this, pushed_});
  return pushed_;
}

std::uint64_t Stream::pushed() const {
  const std::lock_guard lock(Queues().mutex);
  return pushed_;
}

bool Stream::HasRun(std::uint64_t number) const {
  const std::lock_guard lock(Queues().mutex);
  return completed_ >= number;
}

void Stream::RunNext() {
  std::uint64_t next = 0;
  {
    const std::lock_guard lock(Queues().mutex);
    next = std::min(completed_ + 1, pushed_);
  }
  RunThrough(next);
}

void Stream::RunThrough(std::uint64_t number) {
  std::unique_lock lock(Queues().mutex);
  while (completed_ < number) {
    if (running_ && runner_ == std::this_thread::get_id()) {
      TheMachine().reports().Add("stream", "an operation waits for the stream that it is queued on");
      return;
    }
    if (running_) {
      Queues().changed.wait(lock);
      continue;
    }
    const Operation operation = std::move(queue_.front());
    queue_.pop_front();
    running_ = true;
    runner_ = std::this_thread::get_id();
    const StreamPoint point{this, completed_ + 1};
    lock.unlock();
    LinkedMemoryChecker().BeginOperation(point);
    operation.run();
    LinkedMemoryChecker().EndOperation();
    lock.lock();
    running_ = false;
    ++completed_;
    Queues().changed.notify_all();
  }
}

void Stream::Await(std::uint64_t number) {
  RunThrough(number);
  if (number > 0) LinkedMemoryChecker().Awaited({this, number});
}

}  // namespace shortlist::simt
