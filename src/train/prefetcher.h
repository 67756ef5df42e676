// Makes values ahead of their use on one background thread, in order, at most a few at a time.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <optional>
#include <thread>
#include <utility>

namespace shortlist::train {

template <class T>
class Prefetcher {
 public:
  // Calls make(first), make(first + 1), ... make(last - 1), and stays at most `capacity` values ahead.
  Prefetcher(std::int64_t first, std::int64_t last, std::size_t capacity, std::function<T(std::int64_t)> make)
      : capacity_(capacity), make_(std::move(make)), thread_([this, first, last] { Run(first, last); }) {}

  ~Prefetcher() {
    {
      const std::lock_guard lock(mutex_);
      abandoned_ = true;
    }
    changed_.notify_all();
    thread_.join();
  }
  Prefetcher(const Prefetcher&) = delete;
  Prefetcher& operator=(const Prefetcher&) = delete;

  // The next value; nothing after the last. Rethrows what `make` threw.
  std::optional<T> Next() {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return !ready_.empty() || finished_; });
    if (ready_.empty()) {
      if (failure_) std::rethrow_exception(failure_);
      return std::nullopt;
    }
    T value = std::move(ready_.front());
    ready_.pop_front();
    changed_.notify_all();
    return value;
  }

 private:
  void Run(std::int64_t first, std::int64_t last) {
    std::exception_ptr failure;
    try {
      for (std::int64_t index = first; index < last; ++index) {
        if (!Put(make_(index))) break;
      }
    } catch (...) {
      failure = std::current_exception();
    }
    const std::lock_guard lock(mutex_);
    failure_ = failure;
    finished_ = true;
    changed_.notify_all();
  }

  // False if nobody waits for values any more.
  bool Put(T value) {
    std::unique_lock lock(mutex_);
    changed_.wait(lock, [this] { return ready_.size() < capacity_ || abandoned_; });
    if (abandoned_) return false;
    ready_.push_back(std::move(value));
    changed_.notify_all();
    return true;
  }

  const std::size_t capacity_;
  const std::function<T(std::int64_t)> make_;
  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<T> ready_;
  std::exception_ptr failure_;
  bool finished_ = false;
  bool abandoned_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace shortlist::train
