#include "telemetry/process_metrics.h"

#include <ctime>
#include <fstream>

#include <gtest/gtest.h>

#include "telemetry/reading.h"

namespace shortlist::telemetry {
namespace {

TEST(ProcessMetrics, TellOfThisProcess) {
  const auto source = CollectProcess();
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_GT(ValueOf(*source, "process_resident_memory_bytes"), 1e6);
  EXPECT_GE(ValueOf(*source, "process_virtual_memory_bytes"), ValueOf(*source, "process_resident_memory_bytes"));
  EXPECT_LE(ValueOf(*source, "process_start_time_seconds"), now + 1);
  EXPECT_GT(ValueOf(*source, "process_start_time_seconds"), now - 3600);
  EXPECT_GE(ValueOf(*source, "process_threads"), 1);
  EXPECT_GE(ValueOf(*source, "process_max_fds"), ValueOf(*source, "process_open_fds"));
}

TEST(ProcessMetrics, FollowWhatChanges) {
  const auto source = CollectProcess();
  const double files = ValueOf(*source, "process_open_fds");
  const std::ifstream one_more("/proc/self/stat");
  EXPECT_EQ(ValueOf(*source, "process_open_fds"), files + 1);
  const double before = ValueOf(*source, "process_cpu_seconds_total");
  while (ValueOf(*source, "process_cpu_seconds_total") == before) {
  }
}

}  // namespace
}  // namespace shortlist::telemetry
