#include "simt/traffic/warp_requests.h"

#include <algorithm>

namespace shortlist::simt {
namespace {

constexpr int kWarpSize = 32;
constexpr std::size_t kThreadsPerBlock = 1024;

}  // namespace

Traffic& Traffic::operator+=(const Traffic& other) {
  requests += other.requests;
  read_sectors += other.read_sectors;
  written_sectors += other.written_sectors;
  return *this;
}

void WarpRequests::Add(int thread, std::uint64_t site, Direction direction, const void* data, std::size_t bytes) {
  std::vector<std::uint32_t>& executions = executions_[{site, direction}];
  executions.resize(kThreadsPerBlock);
  const std::uint32_t execution = executions[static_cast<std::size_t>(thread)]++;
  const auto first = reinterpret_cast<std::uintptr_t>(data);
  for (std::uint64_t sector = first / kSectorBytes; sector <= (first + bytes - 1) / kSectorBytes; ++sector) {
    touches_.push_back({site, execution, thread / kWarpSize, direction, sector});
  }
}

Traffic WarpRequests::Finish() {
  std::sort(touches_.begin(), touches_.end());
  touches_.erase(std::unique(touches_.begin(), touches_.end()), touches_.end());
  Traffic traffic;
  const Touch* previous = nullptr;
  for (const Touch& touch : touches_) {
    if (previous == nullptr || !touch.SameRequest(*previous)) ++traffic.requests;
    ++(touch.direction == Direction::kRead ? traffic.read_sectors : traffic.written_sectors);
    previous = &touch;
  }
  touches_.clear();
  executions_.clear();
  return traffic;
}

}  // namespace shortlist::simt
