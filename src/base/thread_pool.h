// A fixed set of worker threads with one operation: a parallel loop.
#pragma once

#include <cstdint>
#include <functional>
#include <memory>

namespace shortlist::base {

class ThreadPool {
 public:
  // `threads` counts the caller, so 1 runs everything inline. Zero or less means one per available core.
  explicit ThreadPool(int threads);
  ~ThreadPool();
  ThreadPool(const ThreadPool&) = delete;
  ThreadPool& operator=(const ThreadPool&) = delete;

  int threads() const;

  // Calls body(begin, end) on disjoint ranges that cover [0, count), at most `grain` long each, and returns when all
  // are done. The split depends only on count and grain, never on the number of threads. The first exception that a
  // body throws is rethrown here. One loop at a time; bodies must not call ParallelFor on the same pool.
  void ParallelFor(std::int64_t count, std::int64_t grain, const std::function<void(std::int64_t, std::int64_t)>& body);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::base
