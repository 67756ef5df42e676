// What the program asked of the device, for tests that bound it.
#pragma once

#include <atomic>
#include <cstdint>

namespace shortlist::simt {

struct Counts {
  std::uint64_t kernel_launches = 0;  // executed, whether launched one by one or by a graph
  std::uint64_t graph_launches = 0;
  // Calls that make the host wait for the device: stream, device and event synchronization, pageable copies, and
  // freeing memory.
  std::uint64_t host_synchronizations = 0;
  std::uint64_t device_allocations = 0;
  std::uint64_t pinned_allocations = 0;
  std::uint64_t uploaded_bytes = 0;    // host to device
  std::uint64_t downloaded_bytes = 0;  // device to host

  Counts operator-(const Counts& before) const {
    return {kernel_launches - before.kernel_launches,
            graph_launches - before.graph_launches,
            host_synchronizations - before.host_synchronizations,
            device_allocations - before.device_allocations,
            pinned_allocations - before.pinned_allocations,
            uploaded_bytes - before.uploaded_bytes,
            downloaded_bytes - before.downloaded_bytes};
  }
};

// Any thread may count.
struct Counters {
  std::atomic<std::uint64_t> kernel_launches{0};
  std::atomic<std::uint64_t> graph_launches{0};
  std::atomic<std::uint64_t> host_synchronizations{0};
  std::atomic<std::uint64_t> device_allocations{0};
  std::atomic<std::uint64_t> pinned_allocations{0};
  std::atomic<std::uint64_t> uploaded_bytes{0};
  std::atomic<std::uint64_t> downloaded_bytes{0};

  Counts Read() const {
    return {kernel_launches,    graph_launches, host_synchronizations, device_allocations,
            pinned_allocations, uploaded_bytes, downloaded_bytes};
  }
};

}  // namespace shortlist::simt
