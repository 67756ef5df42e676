// What operations of the CUDA backend move through memory, against the least that they could.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "simt/traffic/traffic_meter.h"

namespace shortlist::simt {

struct MeasuredOperation {
  std::string name;
  std::string shape;
  std::string least;  // what `least_bytes` counts, in words
  std::int64_t least_bytes = 0;
  double bound = 0;  // that the ratio of bytes to least_bytes is to keep; 0: none
  std::vector<KernelTraffic> kernels;

  Traffic traffic() const;
  double ratio() const { return static_cast<double>(traffic().bytes()) / static_cast<double>(least_bytes); }
  bool within_bound() const { return bound == 0 || ratio() <= bound; }
};

// Runs the operations that train a model on inputs of usual sizes.
std::vector<MeasuredOperation> MeasureOperations();

// What one training step of a small model asks of the device, once warm.
struct MeasuredStep {
  std::string name;
  std::uint64_t kernels = 0;
  std::uint64_t graph_launches = 0;
  std::uint64_t host_synchronizations = 0;
  std::uint64_t device_allocations = 0;
};

std::vector<MeasuredStep> MeasureSteps();

}  // namespace shortlist::simt
