#include "simt/traffic/traffic_meter.h"

#include <algorithm>
#include <utility>

namespace shortlist::simt {

void TrafficMeter::Start() {
  kernels_.clear();
  counting_ = true;
}

std::vector<KernelTraffic> TrafficMeter::Stop() {
  FinishBlock();
  counting_ = false;
  return std::exchange(kernels_, {});
}

void TrafficMeter::BeginKernel(const std::string& name) {
  FinishBlock();
  const auto named = [&](const KernelTraffic& kernel) { return kernel.kernel == name; };
  const auto found = std::find_if(kernels_.begin(), kernels_.end(), named);
  current_ = static_cast<std::size_t>(found - kernels_.begin());
  if (found == kernels_.end()) kernels_.push_back({name, 0, {}});
  ++kernels_[current_].launches;
}

void TrafficMeter::BeginBlock() {
  FinishBlock();
}

void TrafficMeter::Add(int thread, std::uint64_t site, AccessKind kind, const void* data, std::size_t bytes) {
  if (kind != AccessKind::kWrite) requests_.Add(thread, site, WarpRequests::Direction::kRead, data, bytes);
  if (kind != AccessKind::kRead) requests_.Add(thread, site, WarpRequests::Direction::kWrite, data, bytes);
}

void TrafficMeter::FinishBlock() {
  const Traffic traffic = requests_.Finish();
  if (!kernels_.empty()) kernels_[current_].traffic += traffic;
}

}  // namespace shortlist::simt
