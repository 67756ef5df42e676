// Threads that answer requests apart from those that carry bytes.
#pragma once

#include <cstddef>
#include <functional>
#include <memory>

namespace shortlist::serve {

// Thread-safe.
class Workers {
 public:
  // With zero threads a task runs at once on the caller's.
  explicit Workers(std::size_t threads, std::size_t most_waiting);
  // Waits for all tasks.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // False, without running the task, if `most_waiting` tasks wait already. Tasks must not throw.
  [[nodiscard]] bool TryRun(std::function<void()> task);

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::serve
