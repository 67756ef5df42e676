#include "comm/operation_thread.h"

#include <utility>

namespace shortlist::comm {

OperationThread::OperationThread() : thread_([this] { Run(); }) {}

OperationThread::~OperationThread() {
  {
    const std::lock_guard lock(mutex_);
    stop_ = true;
  }
  changed_.notify_all();
  thread_.join();
}

void OperationThread::Post(std::function<void()> operation) {
  {
    const std::lock_guard lock(mutex_);
    operations_.push_back(std::move(operation));
  }
  changed_.notify_all();
}

void OperationThread::Settle() {
  std::unique_lock lock(mutex_);
  changed_.wait(lock, [this] { return operations_.empty() || failure_ != nullptr; });
  if (failure_ != nullptr) std::rethrow_exception(failure_);
}

void OperationThread::Run() {
  std::unique_lock lock(mutex_);
  while (true) {
    changed_.wait(lock, [this] { return stop_ || (!operations_.empty() && failure_ == nullptr); });
    if (stop_) return;
    const std::function<void()>& operation = operations_.front();
    std::exception_ptr failure;
    lock.unlock();
    try {
      operation();
    } catch (...) {
      failure = std::current_exception();
    }
    lock.lock();
    failure_ = failure;
    operations_.pop_front();
    changed_.notify_all();
  }
}

}  // namespace shortlist::comm
