#include "serve/workers.h"

#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace shortlist::serve {

struct Workers::State {
  std::size_t most_waiting = 0;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::function<void()>> waiting;
  bool stopping = false;
  std::vector<std::jthread> threads;

  // The next task, or an empty function when all is done.
  std::function<void()> Next() {
    std::unique_lock lock(mutex);
    wake.wait(lock, [this] { return stopping || !waiting.empty(); });
    if (waiting.empty()) return {};
    std::function<void()> task = std::move(waiting.front());
    waiting.pop_front();
    return task;
  }

  void Work() {
    while (const std::function<void()> task = Next()) task();
  }
};

Workers::Workers(std::size_t threads, std::size_t most_waiting) : state_(std::make_unique<State>()) {
  state_->most_waiting = most_waiting;
  for (std::size_t i = 0; i < threads; ++i) state_->threads.emplace_back([state = state_.get()] { state->Work(); });
}

Workers::~Workers() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
}

bool Workers::TryRun(std::function<void()> task) {
  if (state_->threads.empty()) {
    task();
    return true;
  }
  {
    const std::lock_guard lock(state_->mutex);
    if (state_->waiting.size() >= state_->most_waiting) return false;
    state_->waiting.push_back(std::move(task));
  }
  state_->wake.notify_one();
  return true;
}

}  // namespace shortlist::serve
