// What workers run.
#pragma once

#include <memory>
#include <utility>

namespace shortlist::serve {

class Task {
 public:
  Task() = default;
  virtual ~Task() = default;
  Task(const Task&) = delete;
  Task& operator=(const Task&) = delete;

  // Must not throw.
  virtual void Run() = 0;

  // Whether Run takes less time for some tasks together than for each. Asked when its turn has come.
  virtual bool GainsFromOthers() const { return false; }
  // Takes over what a waiting task is to do; false if that is to run by itself. Must be quick: it is asked under the
  // lock of those who wait.
  virtual bool TakeOver(Task& /*waiting*/) { return false; }
};

// A task that runs `work`, a callable without arguments.
template <class Work>
std::unique_ptr<Task> MakeTask(Work work) {
  class Running final : public Task {
   public:
    explicit Running(Work given) : work_(std::move(given)) {}
    void Run() override { work_(); }

   private:
    Work work_;
  };
  return std::make_unique<Running>(std::move(work));
}

}  // namespace shortlist::serve
