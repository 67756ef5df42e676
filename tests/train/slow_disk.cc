#include "train/slow_disk.h"

#include <chrono>
#include <condition_variable>
#include <mutex>
#include <sys/syscall.h>
#include <unistd.h>

#include <gtest/gtest.h>

namespace shortlist::train {
namespace {

// Nobody is left waiting by a test that has failed.
constexpr std::chrono::seconds kPatience(60);

struct Gate {
  std::mutex mutex;
  std::condition_variable changed;
  bool closed = false;
  int waiting = 0;

  void Pass() {
    std::unique_lock lock(mutex);
    ++waiting;
    changed.notify_all();
    EXPECT_TRUE(changed.wait_for(lock, kPatience, [this] { return !closed; })) << "the disk stays slow";
    --waiting;
  }
};

Gate& TheGate() {
  static Gate gate;
  return gate;
}

}  // namespace

SlowDisk::SlowDisk() {
  const std::lock_guard lock(TheGate().mutex);
  TheGate().closed = true;
}

void SlowDisk::AwaitWriter() {
  std::unique_lock lock(TheGate().mutex);
  EXPECT_TRUE(TheGate().changed.wait_for(lock, kPatience, [] { return TheGate().waiting > 0; })) << "nobody writes";
}

void SlowDisk::LetGo() {
  const std::lock_guard lock(TheGate().mutex);
  TheGate().closed = false;
  TheGate().changed.notify_all();
}

}  // namespace shortlist::train

// In the place of the library's, in this program.
extern "C" int fsync(int descriptor) {  // NOLINT(readability-identifier-naming): a C symbol.
  shortlist::train::TheGate().Pass();
  return static_cast<int>(syscall(SYS_fsync, descriptor));
}
