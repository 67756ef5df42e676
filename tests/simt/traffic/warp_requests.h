// Global memory accesses of a block as the memory system of a GPU sees them: the lanes of a warp that execute one
// instruction together make one request, which moves every 32-byte sector that any of them touches.
//
// Here lanes run one after the other, so the n-th execution of an instruction by each lane since the lanes last met in
// a
// __syncwarp is taken to be one request. That is what the GPU does where the lanes of a warp stay together, and an
// underestimate where they part.
#pragma once

#include <compare>
#include <cstddef>
#include <cstdint>
#include <map>
#include <utility>
#include <vector>

namespace shortlist::simt {

inline constexpr std::uint64_t kSectorBytes = 32;

struct Traffic {
  std::int64_t requests = 0;
  std::int64_t read_sectors = 0;
  std::int64_t written_sectors = 0;

  std::int64_t bytes() const { return (read_sectors + written_sectors) * static_cast<std::int64_t>(kSectorBytes); }
  Traffic& operator+=(const Traffic& other);
  friend bool operator==(const Traffic&, const Traffic&) = default;
};

class WarpRequests {
 public:
  enum class Direction : std::uint8_t { kRead, kWrite };

  // `thread` of the block executes the instruction at `site`.
  void Add(int thread, std::uint64_t site, Direction direction, const void* data, std::size_t bytes);

  // The lanes of `mask` have met.
  void Meet(int warp, std::uint32_t mask);

  // What the block moved; the next block begins.
  Traffic Finish();

 private:
  // Of one instruction by one thread.
  struct Executions {
    std::uint32_t meeting = 0;  // the last one before they began
    std::uint32_t count = 0;
  };
  struct Touch {
    std::uint64_t site;
    std::uint32_t meeting;
    std::uint32_t execution;
    std::int32_t warp;
    Direction direction;
    std::uint64_t sector;

    bool SameRequest(const Touch& other) const {
      return site == other.site && meeting == other.meeting && execution == other.execution && warp == other.warp &&
             direction == other.direction;
    }
    // NOLINTNEXTLINE(modernize-use-nullptr): what clang-tidy sees is the 0 that the defaulted comparison is built with
    friend auto operator<=>(const Touch&, const Touch&) = default;
  };

  std::vector<Touch> touches_;
  std::map<std::pair<std::uint64_t, Direction>, std::vector<Executions>> executions_;  // per thread
  std::vector<std::uint32_t> meetings_;  // of each thread; those who met agree
};

}  // namespace shortlist::simt
