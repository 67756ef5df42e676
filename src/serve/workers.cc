#include "serve/workers.h"

#include <atomic>
#include <condition_variable>
#include <deque>
#include <mutex>
#include <thread>
#include <utility>
#include <vector>

namespace shortlist::serve {

struct Workers::State {
  WorkersOptions options;
  std::atomic<std::size_t> direct = 0;
  std::atomic<std::size_t> waiting_count = 0;
  std::mutex mutex;
  std::condition_variable wake;
  std::deque<std::unique_ptr<Task>> waiting;
  bool stopping = false;
  std::vector<std::jthread> threads;

  // Whether this thread may run a task; if so, it must Leave() afterwards.
  bool EnterDirectly() {
    if (waiting_count.load(std::memory_order_relaxed) > 0) return false;
    if (direct.fetch_add(1) < options.most_direct) return true;
    LeaveDirectly();
    return false;
  }
  void LeaveDirectly() { direct.fetch_sub(1); }

  bool TryQueue(std::unique_ptr<Task> task) {
    {
      const std::lock_guard lock(mutex);
      if (waiting.size() >= options.most_waiting) return false;
      waiting.push_back(std::move(task));
      waiting_count.store(waiting.size(), std::memory_order_relaxed);
    }
    wake.notify_one();
    return true;
  }

  // The next task, with what it takes over of the others that wait; null when all is done.
  std::unique_ptr<Task> Next() {
    std::unique_lock lock(mutex);
    wake.wait(lock, [this] { return stopping || !waiting.empty(); });
    if (waiting.empty()) return nullptr;
    std::unique_ptr<Task> task = std::move(waiting.front());
    waiting.pop_front();
    if (task->GainsFromOthers()) TakeShare(*task);
    waiting_count.store(waiting.size(), std::memory_order_relaxed);
    return task;
  }

  // A thread's share of those that wait, so that no other thread runs out of work meanwhile.
  void TakeShare(Task& task) {
    std::size_t left = waiting.size() / options.threads;
    std::erase_if(waiting, [&](const std::unique_ptr<Task>& other) {
      if (left == 0 || !task.TakeOver(*other)) return false;
      --left;
      return true;
    });
  }

  void Work() {
    while (const std::unique_ptr<Task> task = Next()) task->Run();
  }
};

Workers::Workers(WorkersOptions options) : state_(std::make_unique<State>()) {
  state_->options = options;
  for (std::size_t i = 0; i < options.threads; ++i) {
    state_->threads.emplace_back([state = state_.get()] { state->Work(); });
  }
}

Workers::~Workers() {
  {
    const std::lock_guard lock(state_->mutex);
    state_->stopping = true;
  }
  state_->wake.notify_all();
}

bool Workers::TryRun(std::unique_ptr<Task> task) {
  if (!state_->EnterDirectly()) return state_->TryQueue(std::move(task));
  task->Run();
  state_->LeaveDirectly();
  return true;
}

std::size_t Workers::waiting() const {
  return state_->waiting_count.load(std::memory_order_relaxed);
}

}  // namespace shortlist::serve
