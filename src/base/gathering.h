// Callers who wait for the same slow thing have it done together: whoever finds nobody at work does it for all who
// wait.
#pragma once

#include <condition_variable>
#include <cstddef>
#include <functional>
#include <mutex>
#include <span>
#include <utility>
#include <vector>

namespace shortlist::base {

// Thread-safe. There is no timer: a caller who finds nobody at work is served alone, and under load groups grow by
// themselves.
template <class Job>
class Gathering {
 public:
  // `work` is called for one group at a time, with jobs in the order in which they came, and must not throw: what goes
  // wrong with a job is left in the job.
  explicit Gathering(std::function<void(std::span<Job* const>)> work) : work_(std::move(work)) {}

  // Returns when the work has been done for this job.
  void Run(Job& job) {
    Place place{&job};
    std::unique_lock lock(mutex_);
    waiting_.push_back(&place);
    changed_.wait(lock, [&] { return place.done || !working_; });
    if (!place.done) WorkForAll(lock);
  }

  // Callers whose group has not begun.
  std::size_t waiting() const {
    const std::lock_guard lock(mutex_);
    return waiting_.size();
  }

 private:
  struct Place {
    Job* job;
    bool done = false;
  };

  void WorkForAll(std::unique_lock<std::mutex>& lock) {
    const std::vector<Place*> group = std::exchange(waiting_, {});
    std::vector<Job*> jobs;
    for (const Place* place : group) jobs.push_back(place->job);
    working_ = true;
    lock.unlock();
    work_(jobs);
    lock.lock();
    working_ = false;
    for (Place* place : group) place->done = true;
    changed_.notify_all();
  }

  std::function<void(std::span<Job* const>)> work_;
  mutable std::mutex mutex_;
  std::condition_variable changed_;
  std::vector<Place*> waiting_;
  bool working_ = false;
};

}  // namespace shortlist::base
