// Seconds since an object was made, by the clock on the wall or of processor time.
#pragma once

#include <chrono>
#include <ctime>

namespace shortlist::base {

class Stopwatch {
 public:
  double seconds() const { return std::chrono::duration<double>(Clock::now() - start_).count(); }

 private:
  using Clock = std::chrono::steady_clock;
  Clock::time_point start_ = Clock::now();
};

// Processor time, which other work on the machine does not lengthen by waiting.
class CpuStopwatch {
 public:
  static CpuStopwatch OfThread() { return CpuStopwatch(CLOCK_THREAD_CPUTIME_ID); }
  // Of all its threads.
  static CpuStopwatch OfProcess() { return CpuStopwatch(CLOCK_PROCESS_CPUTIME_ID); }

  double seconds() const { return Now() - start_; }

 private:
  explicit CpuStopwatch(clockid_t clock) : clock_(clock), start_(Now()) {}

  double Now() const {
    timespec time{};
    clock_gettime(clock_, &time);
    return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
  }

  clockid_t clock_;
  double start_;
};

}  // namespace shortlist::base
