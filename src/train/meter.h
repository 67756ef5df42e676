// Wall-clock and processor time of work that may be interrupted and resumed.
#pragma once

#include <chrono>
#include <ctime>

namespace shortlist::train {

// Processor time of all threads of the process.
inline double ProcessCpuSeconds() {
  timespec time{};
  clock_gettime(CLOCK_PROCESS_CPUTIME_ID, &time);
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

class Meter {
 public:
  Meter() = default;
  // Continues from the times of an earlier meter.
  Meter(double seconds, double cpu_seconds) : seconds_(seconds), cpu_seconds_(cpu_seconds) {}

  double Seconds() const { return seconds_ + std::chrono::duration<double>(Clock::now() - start_).count(); }
  double CpuSeconds() const { return cpu_seconds_ + ProcessCpuSeconds() - cpu_start_; }

 private:
  using Clock = std::chrono::steady_clock;
  double seconds_ = 0;
  double cpu_seconds_ = 0;
  Clock::time_point start_ = Clock::now();
  double cpu_start_ = ProcessCpuSeconds();
};

}  // namespace shortlist::train
