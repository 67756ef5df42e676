#include "base/machine.h"

#include <algorithm>
#include <array>
#include <cstdlib>
#include <dlfcn.h>
#include <fstream>
#include <initializer_list>
#include <iterator>
#include <optional>
#include <sched.h>
#include <sstream>
#include <unistd.h>

namespace shortlist::base {
namespace {

namespace fs = std::filesystem;

constexpr std::array kInterestingFeatures = {"avx2",     "fma",         "f16c",        "avx512f",
                                             "avx512bw", "avx512_vnni", "avx512_bf16", "amx_tile"};

// A shared library, opened for good: drivers and BLAS libraries start threads that do not survive unloading.
class Library {
 public:
  explicit Library(const char* name) : handle_(dlopen(name, RTLD_LAZY | RTLD_LOCAL | RTLD_NODELETE)) {}

  bool open() const { return handle_ != nullptr; }

  // Null if the library is not open or lacks the symbol.
  template <typename Function>
  Function* Find(const char* symbol) const {
    return open() ? reinterpret_cast<Function*>(dlsym(handle_, symbol)) : nullptr;
  }

 private:
  void* handle_;
};

std::string ReadText(const fs::path& path) {
  std::ifstream file(path);
  return {std::istreambuf_iterator<char>(file), {}};
}

// "name\t: value" as in /proc/cpuinfo; nothing if the line is of another name.
std::optional<std::string> FieldValue(const std::string& line, std::string_view name) {
  const auto colon = line.find(':');
  if (colon == std::string::npos || line.find_last_not_of(" \t", colon - 1) + 1 != name.size() ||
      !line.starts_with(name)) {
    return std::nullopt;
  }
  const auto start = line.find_first_not_of(" \t", colon + 1);
  return start == std::string::npos ? std::string() : line.substr(start);
}

std::vector<std::string> InterestingFeatures(const std::string& flags) {
  std::istringstream words(flags);
  const std::vector<std::string> all(std::istream_iterator<std::string>(words), {});
  std::vector<std::string> found;
  std::copy_if(kInterestingFeatures.begin(), kInterestingFeatures.end(), std::back_inserter(found),
               [&](const char* feature) { return std::find(all.begin(), all.end(), feature) != all.end(); });
  return found;
}

int UsableCores() {
  cpu_set_t set;
  if (sched_getaffinity(0, sizeof(set), &set) != 0) {
    return static_cast<int>(sysconf(_SC_NPROCESSORS_ONLN));
  }
  return CPU_COUNT(&set);
}

std::uint64_t PhysicalMemory() {
  return static_cast<std::uint64_t>(sysconf(_SC_PHYS_PAGES)) * static_cast<std::uint64_t>(sysconf(_SC_PAGE_SIZE));
}

void ProbeBlas(MachineReport& report) {
  const Library openblas("libopenblas.so.0");
  if (auto* config = openblas.Find<const char*()>("openblas_get_config")) {
    report.blas_library = config();
  }
  if (auto* core = openblas.Find<const char*()>("openblas_get_corename")) {
    report.blas_core = core();
  }
}

Component ProbeCudaDriver() {
  Component component{"CUDA driver", false, "libcuda.so.1 does not open",
                      "training and exact search on NVIDIA GPUs; the CPU does the work instead"};
  const Library cuda("libcuda.so.1");
  auto* initialize = cuda.Find<int(unsigned)>("cuInit");
  auto* get_version = cuda.Find<int(int*)>("cuDriverGetVersion");
  auto* get_count = cuda.Find<int(int*)>("cuDeviceGetCount");
  if (!initialize || !get_version || !get_count) return component;
  int version = 0;
  int devices = 0;
  if (const int status = initialize(0); status != 0 || get_version(&version) != 0 || get_count(&devices) != 0) {
    component.detail = "libcuda.so.1 opens, but cuInit returns " + std::to_string(status);
    return component;
  }
  component.present = devices > 0;
  component.detail = "CUDA " + std::to_string(version / 1000) + "." + std::to_string(version % 1000 / 10) + ", " +
                     std::to_string(devices) + " device(s)";
  return component;
}

Component ProbeNccl() {
  Component component{"NCCL", false, "libnccl.so.2 does not open", "training on several GPUs"};
  const Library nccl("libnccl.so.2");
  auto* get_version = nccl.Find<int(int*)>("ncclGetVersion");
  int version = 0;
  if (!get_version || get_version(&version) != 0) return component;
  component.present = true;
  // Since 2.9 a version is 10000 * major + 100 * minor + patch.
  component.detail = "NCCL " + std::to_string(version / 10000) + "." + std::to_string(version / 100 % 100) + "." +
                     std::to_string(version % 100);
  return component;
}

std::optional<fs::path> FindProgram(const std::string& name) {
  const char* path = std::getenv("PATH");
  std::istringstream folders(path ? path : "");
  for (std::string folder; std::getline(folders, folder, ':');) {
    const fs::path candidate = fs::path(folder) / name;
    if (access(candidate.c_str(), X_OK) == 0) return candidate;
  }
  return std::nullopt;
}

Component ProbeMpi() {
  Component component{"MPI", false, "", "training under mpirun; without it ranks communicate over TCP"};
  const auto launcher = FindProgram("mpirun");
  // The SONAMEs of Open MPI 2 to 5 and of MPICH and its relatives.
  const bool library = Library("libmpi.so.40").open() || Library("libmpi.so.12").open();
  component.present = launcher && library;
  component.detail = (launcher ? launcher->string() : "no mpirun in PATH") + std::string(", ") +
                     (library ? "libmpi opens" : "libmpi does not open");
  return component;
}

}  // namespace

bool MachineReport::HasCpuFeature(std::string_view feature) const {
  return std::find(cpu_features.begin(), cpu_features.end(), feature) != cpu_features.end();
}

void ReadCpuInfo(std::string_view text, MachineReport& report) {
  std::istringstream lines{std::string(text)};
  for (std::string line; std::getline(lines, line) && !line.empty();) {
    if (auto model = FieldValue(line, "model name")) report.cpu_model = *model;
    if (auto flags = FieldValue(line, "flags")) report.cpu_features = InterestingFeatures(*flags);
  }
}

void ReadContainerLimits(const fs::path& control_group, MachineReport& report) {
  std::uint64_t memory = 0;
  if (std::istringstream(ReadText(control_group / "memory.max")) >> memory) {
    report.memory_bytes = std::min(report.memory_bytes, memory);
  }
  double quota = 0;
  double period = 0;
  if (std::istringstream(ReadText(control_group / "cpu.max")) >> quota >> period && period > 0) {
    report.core_limit = quota / period;
  }
}

MachineReport ProbeMachine() {
  MachineReport report;
  ReadCpuInfo(ReadText("/proc/cpuinfo"), report);
  report.cores = UsableCores();
  report.memory_bytes = PhysicalMemory();
  ReadContainerLimits("/sys/fs/cgroup", report);
  ProbeBlas(report);
  report.components = {ProbeCudaDriver(), ProbeNccl(), ProbeMpi()};
  return report;
}

}  // namespace shortlist::base
