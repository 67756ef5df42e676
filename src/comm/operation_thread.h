// A thread that runs operations one after the other, beside the thread that asks for them.
#pragma once

#include <condition_variable>
#include <cstdint>
#include <deque>
#include <exception>
#include <functional>
#include <mutex>
#include <thread>

namespace shortlist::comm {

// Post and Settle are called by one thread.
class OperationThread {
 public:
  OperationThread();
  // Waits for the operation under way; those behind it are not run.
  ~OperationThread();
  OperationThread(const OperationThread&) = delete;
  OperationThread& operator=(const OperationThread&) = delete;

  void Post(std::function<void()> operation);
  // Returns when all that was posted has been run. Once an operation has thrown, no other is run, and this rethrows it.
  void Settle();

 private:
  void Run();

  std::mutex mutex_;
  std::condition_variable changed_;
  std::deque<std::function<void()>> operations_;  // the one under way in front
  std::exception_ptr failure_;
  bool stop_ = false;
  std::thread thread_;  // last: it uses all of the above
};

}  // namespace shortlist::comm
