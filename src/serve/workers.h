// Threads that answer requests, beside those that carry bytes.
#pragma once

#include <cstddef>
#include <memory>

#include "serve/task.h"

namespace shortlist::serve {

struct WorkersOptions {
  std::size_t threads = 1;
  std::size_t most_waiting = 0;  // tasks, beside those that run
  // Tasks that run on their callers' threads while none waits, which saves a hand-over each. Fewer than there are
  // callers' threads, so that one is left to take calls and to refuse them.
  std::size_t most_direct = 0;
};

// Runs tasks in the order in which they came, but for those that an earlier one takes over: at most its thread's equal
// share of all that wait. Thread-safe.
class Workers {
 public:
  explicit Workers(WorkersOptions options);
  // Waits for all tasks.
  ~Workers();
  Workers(const Workers&) = delete;
  Workers& operator=(const Workers&) = delete;

  // Runs the task here or on another thread, unless a task whose turn is earlier takes it over. False, without running
  // it, if `most_waiting` tasks wait already.
  [[nodiscard]] bool TryRun(std::unique_ptr<Task> task);

  std::size_t waiting() const;

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace shortlist::serve
