// What this machine offers: processor, memory, BLAS, GPU driver, collective libraries. Probed, never assumed.
#pragma once

#include <cstdint>
#include <filesystem>
#include <string>
#include <string_view>
#include <vector>

namespace shortlist::base {

// Something optional that a machine may have.
struct Component {
  std::string name;  // for example "CUDA driver"
  bool present = false;
  std::string detail;      // version or path when present, else what was looked for
  std::string needed_for;  // what does not work without it, and what happens instead
};

struct MachineReport {
  std::string cpu_model;
  int cores = 0;                          // that this process may use (affinity)
  double core_limit = 0;                  // the container's CPU quota in cores; 0 without one
  std::uint64_t memory_bytes = 0;         // physical, or the container's limit if that is less
  std::vector<std::string> cpu_features;  // of those that matter for speed, by their Linux names: avx2, fma, avx512f…
  std::string blas_library;               // "OpenBLAS 0.3.21 …"; empty if the loader finds none
  std::string blas_core;                  // the kernel set that it chose, for example "SkylakeX"
  std::vector<Component> components;

  bool HasCpuFeature(std::string_view feature) const;
};

// Opens the libraries it reports on and asks them for their versions; never fails. Takes milliseconds.
MachineReport ProbeMachine();

// Fills cpu_model and cpu_features from the text of /proc/cpuinfo.
void ReadCpuInfo(std::string_view text, MachineReport& report);

// Lowers memory_bytes and sets core_limit from the files of a version 2 control group (/sys/fs/cgroup in a container).
// Absent files and "max" mean no limit.
void ReadContainerLimits(const std::filesystem::path& control_group, MachineReport& report);

}  // namespace shortlist::base
