// Adds up the global memory traffic of kernels, launch by launch.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "simt/instrument/access_observer.h"
#include "simt/traffic/warp_requests.h"

namespace shortlist::simt {

struct KernelTraffic {
  std::string kernel;
  std::int64_t launches = 0;
  Traffic traffic;
};

// Counts between Start and Stop what kernels do that the calling host thread runs. One thread at a time.
class TrafficMeter {
 public:
  void Start();
  // By kernel, in the order of their first launches.
  std::vector<KernelTraffic> Stop();

  bool counting() const { return counting_; }
  void BeginKernel(const std::string& name);
  void BeginBlock();
  void Meet(int warp, std::uint32_t mask) { requests_.Meet(warp, mask); }
  // An atomic operation reads and writes.
  void Add(int thread, std::uint64_t site, AccessKind kind, const void* data, std::size_t bytes);

 private:
  void FinishBlock();

  bool counting_ = false;
  std::size_t current_ = 0;  // of kernels_
  std::vector<KernelTraffic> kernels_;
  WarpRequests requests_;
};

// The meter of a program whose memory accesses are observed.
TrafficMeter& LinkedTrafficMeter();

}  // namespace shortlist::simt
