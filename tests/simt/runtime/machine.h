// The simulated machine: what a process has one of.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <map>
#include <memory>
#include <mutex>

#include "simt/runtime/counters.h"
#include "simt/runtime/device.h"
#include "simt/runtime/event.h"
#include "simt/runtime/graph.h"
#include "simt/runtime/handle_table.h"
#include "simt/runtime/launch_interceptor.h"
#include "simt/runtime/pinned_memory.h"
#include "simt/runtime/reports.h"
#include "simt/runtime/schedule.h"
#include "simt/runtime/stream.h"

namespace shortlist::simt {

// Parts may be used by any thread; what is set for a test is set while no device works.
class Machine {
 public:
  static constexpr int kMostDevices = 8;

  Reports& reports() { return reports_; }
  Counters& counters() { return counters_; }
  PinnedMemory& pinned_memory() { return pinned_memory_; }
  HandleTable<Stream>& streams() { return streams_; }
  HandleTable<Event>& events() { return events_; }
  HandleTable<Graph>& graphs() { return graphs_; }
  HandleTable<Graph>& executable_graphs() { return executable_graphs_; }

  const Schedule& schedule() const { return schedule_; }
  void set_schedule(const Schedule& schedule) { schedule_ = schedule; }

  // All at first.
  int device_count() const { return device_count_; }
  void set_device_count(int count) { device_count_ = count; }
  Device& device(int index) { return devices_.at(static_cast<std::size_t>(index)); }
  // What every call fails with when there is no driver; cudaSuccess if there is.
  cudaError_t driver_state() const { return driver_state_; }
  void set_driver_state(cudaError_t state) { driver_state_ = state; }

  // Null: the host compiler's code runs.
  const std::shared_ptr<LaunchInterceptor>& interceptor() const { return interceptor_; }
  void set_interceptor(std::shared_ptr<LaunchInterceptor> interceptor) { interceptor_ = std::move(interceptor); }

  // Dynamic shared memory that a kernel may be launched with.
  std::size_t SharedLimit(const void* kernel) const;
  void SetSharedLimit(const void* kernel, std::size_t bytes);

 private:
  Reports reports_;
  Counters counters_;
  std::array<Device, kMostDevices> devices_;
  PinnedMemory pinned_memory_;
  HandleTable<Stream> streams_;
  HandleTable<Event> events_;
  HandleTable<Graph> graphs_;
  HandleTable<Graph> executable_graphs_;
  Schedule schedule_;
  std::atomic<int> device_count_{kMostDevices};
  std::atomic<cudaError_t> driver_state_{cudaSuccess};
  std::shared_ptr<LaunchInterceptor> interceptor_;
  mutable std::mutex limits_mutex_;
  std::map<const void*, std::size_t> shared_limits_;
};

Machine& TheMachine();

}  // namespace shortlist::simt
