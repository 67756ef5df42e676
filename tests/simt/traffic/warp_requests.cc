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
  std::vector<Executions>& of_threads = executions_[{site, direction}];
  of_threads.resize(kThreadsPerBlock);
  meetings_.resize(kThreadsPerBlock);
  Executions& executions = of_threads[static_cast<std::size_t>(thread)];
  const std::uint32_t meeting = meetings_[static_cast<std::size_t>(thread)];
  if (executions.meeting != meeting) executions = {meeting, 0};
  const std::uint32_t execution = executions.count++;
  const auto first = reinterpret_cast<std::uintptr_t>(data);
  for (std::uint64_t sector = first / kSectorBytes; sector <= (first + bytes - 1) / kSectorBytes; ++sector) {
    touches_.push_back({site, meeting, execution, thread / kWarpSize, direction, sector});
  }
}

void WarpRequests::Meet(int warp, std::uint32_t mask) {
  meetings_.resize(kThreadsPerBlock);
  const auto first = meetings_.begin() + static_cast<std::ptrdiff_t>(warp) * kWarpSize;
  const std::uint32_t next = *std::max_element(first, first + kWarpSize) + 1;
  for (int lane = 0; lane < kWarpSize; ++lane) {
    if ((mask >> lane & 1U) != 0) first[lane] = next;
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
  meetings_.clear();
  return traffic;
}

}  // namespace shortlist::simt
