#include "base/stop_signal.h"

#include <chrono>
#include <csignal>
#include <cstdlib>
#include <thread>
#include <unistd.h>

#include <gtest/gtest.h>

namespace shortlist::base {
namespace {

// Each in a process of its own, because signal handlers are the process's.
TEST(StopSignalDeathTest, SigtermAndSigintSetTheFlag) {
  for (const int number : {SIGTERM, SIGINT}) {
    EXPECT_EXIT(
        {
          InstallStopSignals();
          if (StopRequested()) std::exit(1);
          raise(number);
          std::exit(StopRequested() ? 0 : 2);
        },
        ::testing::ExitedWithCode(0), "");
  }
}

TEST(StopSignalDeathTest, ASecondSignalEndsTheProcess) {
  EXPECT_EXIT(
      {
        InstallStopSignals();
        raise(SIGTERM);
        raise(SIGTERM);
        std::exit(0);
      },
      ::testing::KilledBySignal(SIGTERM), "");
}

TEST(StopSignalDeathTest, WaitingEndsWithTheSignal) {
  EXPECT_EXIT(
      {
        InstallStopSignals();
        std::thread sender([] {
          std::this_thread::sleep_for(std::chrono::milliseconds(50));
          kill(getpid(), SIGTERM);
        });
        WaitForStop();
        sender.join();
        std::exit(StopRequested() ? 0 : 1);
      },
      ::testing::ExitedWithCode(0), "");
}

TEST(StopSignalDeathTest, ASignalBeforeTheWaitIsNotLost) {
  EXPECT_EXIT(
      {
        InstallStopSignals();
        raise(SIGINT);
        WaitForStop();
        std::exit(0);
      },
      ::testing::ExitedWithCode(0), "");
}

}  // namespace
}  // namespace shortlist::base
