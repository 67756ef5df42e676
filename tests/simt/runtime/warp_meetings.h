// Meetings of the lanes of one warp.
#pragma once

#include <array>
#include <cstdint>

#include "simt/device/warp_exchange.h"

namespace shortlist::simt {

class WarpMeetings {
 public:
  // A new block: lanes outside of `present` do not exist.
  void Begin(std::uint32_t present);

  // The lane of `thread` arrives with its value; the meeting that it joins or opens. Reports lanes that meet in
  // different operations, a lane outside of its own mask, and a mask with lanes that have ended, which it leaves out.
  WarpMeeting& Arrive(const KernelThread& thread, WarpOperation operation, unsigned mask, std::uint64_t value,
                      CallSite site);
  static bool IsComplete(const WarpMeeting& meeting) { return meeting.arrived == meeting.mask; }
  void Depart(WarpMeeting& meeting, int lane);

  // A lane's kernel has returned. Reports meetings that wait for it and leaves it out; the lanes, if any, that need
  // wait no longer.
  std::uint32_t LaneEnds(int lane);

 private:
  WarpMeeting& Find(unsigned mask, unsigned lane_bit, WarpOperation operation, CallSite site);

  // Each lane is in one meeting at most.
  std::array<WarpMeeting, kWarpSize> meetings_;
  std::uint32_t in_use_ = 0;  // of meetings_
  std::uint32_t ended_ = 0;
};

}  // namespace shortlist::simt
