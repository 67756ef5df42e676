#include "telemetry/process_metrics.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <prometheus/collectable.h>
#include <prometheus/metric_family.h>
#include <string>
#include <sys/resource.h>
#include <unistd.h>
#include <vector>

#include "telemetry/families.h"

namespace shortlist::telemetry {
namespace {

using prometheus::MetricFamily;

// Fields of /proc/self/stat after the program's name, which may hold spaces; the first is field 3 of proc(5).
std::vector<double> ReadStat() {
  std::ifstream file("/proc/self/stat");
  std::string name;
  std::getline(file, name, ')');
  std::string state;
  file >> state;
  std::vector<double> fields = {0};
  for (double value = 0; file >> value;) fields.push_back(value);
  return fields;
}

double BootTime() {
  std::ifstream file("/proc/stat");
  for (std::string word; file >> word;) {
    double seconds = 0;
    if (word == "btime" && file >> seconds) return seconds;
  }
  return 0;
}

double OpenFiles() {
  std::error_code ignored;
  const auto entries = std::filesystem::directory_iterator("/proc/self/fd", ignored);
  return static_cast<double>(std::distance(begin(entries), end(entries)));
}

double MostOpenFiles() {
  rlimit limit{};
  getrlimit(RLIMIT_NOFILE, &limit);
  return static_cast<double>(limit.rlim_cur);
}

class ProcessCollector final : public prometheus::Collectable {
 public:
  std::vector<MetricFamily> Collect() const override {
    // Places in proc(5) less three: utime 14, stime 15, num_threads 20, starttime 22, vsize 23, rss 24.
    const std::vector<double> stat = ReadStat();
    if (stat.size() < 22) return {};
    const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
    const auto page = static_cast<double>(sysconf(_SC_PAGESIZE));
    return {
        CounterFamily("process_cpu_seconds_total", "Time on CPUs, of user and system.", (stat[11] + stat[12]) / ticks),
        GaugeFamily("process_threads", "Threads.", stat[17]),
        GaugeFamily("process_start_time_seconds", "Start, in Unix time.", BootTime() + stat[19] / ticks),
        GaugeFamily("process_virtual_memory_bytes", "Size of the address space.", stat[20]),
        GaugeFamily("process_resident_memory_bytes", "Memory in use.", stat[21] * page),
        GaugeFamily("process_open_fds", "Open file descriptors.", OpenFiles()),
        GaugeFamily("process_max_fds", "Most file descriptors that may be open.", MostOpenFiles()),
    };
  }
};

}  // namespace

std::shared_ptr<prometheus::Collectable> CollectProcess() {
  return std::make_shared<ProcessCollector>();
}

}  // namespace shortlist::telemetry
