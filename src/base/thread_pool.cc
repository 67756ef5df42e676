#include "base/thread_pool.h"

#include <algorithm>
#include <atomic>
#include <condition_variable>
#include <exception>
#include <mutex>
#include <thread>
#include <vector>

namespace shortlist::base {
namespace {

int CoreCount() {
  return static_cast<int>(std::max(1U, std::thread::hardware_concurrency()));
}

}  // namespace

struct ThreadPool::State {
  using Body = std::function<void(std::int64_t, std::int64_t)>;

  std::mutex mutex;
  std::condition_variable wake;
  std::condition_variable done;
  std::uint64_t generation = 0;
  int busy = 0;
  bool stopping = false;

  const Body* body = nullptr;
  std::int64_t count = 0;
  std::int64_t grain = 1;
  std::atomic<std::int64_t> next = 0;
  std::exception_ptr failure;

  std::vector<std::thread> workers;

  void Run() {
    for (;;) {
      const std::int64_t begin = next.fetch_add(grain);
      if (begin >= count) return;
      try {
        (*body)(begin, std::min(count, begin + grain));
      } catch (...) {
        const std::lock_guard lock(mutex);
        if (!failure) failure = std::current_exception();
        next = count;
      }
    }
  }

  void Work() {
    std::uint64_t seen = 0;
    for (;;) {
      {
        std::unique_lock lock(mutex);
        wake.wait(lock, [&] { return stopping || generation != seen; });
        if (stopping) return;
        seen = generation;
      }
      Run();
      const std::lock_guard lock(mutex);
      if (--busy == 0) done.notify_one();
    }
  }

  void Start(std::int64_t loop_count, std::int64_t loop_grain, const Body& loop_body) {
    const std::lock_guard lock(mutex);
    body = &loop_body;
    count = loop_count;
    grain = loop_grain;
    next = 0;
    failure = nullptr;
    busy = static_cast<int>(workers.size());
    ++generation;
    wake.notify_all();
  }

  void Finish() {
    std::unique_lock lock(mutex);
    done.wait(lock, [&] { return busy == 0; });
    if (failure) std::rethrow_exception(failure);
  }
};

ThreadPool::ThreadPool(int threads) : state_(std::make_unique<State>()) {
  const int wanted = threads > 0 ? threads : CoreCount();
  for (int i = 1; i < wanted; ++i) state_->workers.emplace_back([state = state_.get()] { state->Work(); });
}

ThreadPool::~ThreadPool() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
  for (std::thread& worker : state_->workers) worker.join();
}

int ThreadPool::threads() const {
  return static_cast<int>(state_->workers.size()) + 1;
}

void ThreadPool::ParallelFor(std::int64_t count, std::int64_t grain,
                             const std::function<void(std::int64_t, std::int64_t)>& body) {
  if (count <= 0) return;
  grain = std::max<std::int64_t>(1, grain);
  if (state_->workers.empty() || count <= grain) {
    for (std::int64_t begin = 0; begin < count; begin += grain) body(begin, std::min(count, begin + grain));
    return;
  }
  state_->Start(count, grain, body);
  state_->Run();
  state_->Finish();
}

}  // namespace shortlist::base
