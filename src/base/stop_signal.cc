#include "base/stop_signal.h"

#include <atomic>
#include <cerrno>
#include <csignal>
#include <semaphore.h>

namespace shortlist::base {
namespace {

// Signal handlers have no other channel than process-wide state.
std::atomic<bool> stop_requested = false;
static_assert(std::atomic<bool>::is_always_lock_free);
sem_t stop_semaphore;

extern "C" void RequestStop(int signal_number) {
  stop_requested.store(true);
  sem_post(&stop_semaphore);
  std::signal(signal_number, SIG_DFL);
}

}  // namespace

void InstallStopSignals() {
  sem_init(&stop_semaphore, 0, 0);
  struct sigaction action {};
  action.sa_handler = &RequestStop;
  action.sa_flags = SA_RESTART;  // reads and writes under way go on
  sigemptyset(&action.sa_mask);
  sigaction(SIGTERM, &action, nullptr);
  sigaction(SIGINT, &action, nullptr);
}

bool StopRequested() {
  return stop_requested.load(std::memory_order_relaxed);
}

void WaitForStop() {
  while (!StopRequested()) {
    if (sem_wait(&stop_semaphore) != 0 && errno != EINTR) return;
  }
}

}  // namespace shortlist::base
