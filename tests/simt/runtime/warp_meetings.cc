#include "simt/runtime/warp_meetings.h"

#include <bit>
#include <cstdio>
#include <string>

#include "simt/runtime/call_site_text.h"
#include "simt/runtime/machine.h"

namespace shortlist::simt {
namespace {

constexpr auto kKind = "warp";

void Report(const std::string& message) {
  TheMachine().reports().Add(kKind, message);
}

std::string Hex(unsigned mask) {
  char text[16];
  std::snprintf(text, sizeof(text), "0x%08x", mask);
  return text;
}

unsigned Bit(int lane) {
  return 1U << static_cast<unsigned>(lane);
}

}  // namespace

void WarpMeetings::Begin(std::uint32_t present) {
  in_use_ = 0;
  ended_ = ~present;
}

WarpMeeting& WarpMeetings::Find(unsigned mask, unsigned lane_bit, WarpOperation operation, CallSite site) {
  for (std::uint32_t rest = in_use_; rest != 0; rest &= rest - 1) {
    WarpMeeting& meeting = meetings_[static_cast<std::size_t>(std::countr_zero(rest))];
    if (meeting.mask == mask && !IsComplete(meeting) && (meeting.arrived & lane_bit) == 0) return meeting;
  }
  const int free = std::countr_one(in_use_);
  in_use_ |= Bit(free);
  WarpMeeting& opened = meetings_[static_cast<std::size_t>(free)];
  opened.mask = mask;
  opened.arrived = 0;
  opened.departed = 0;
  opened.operation = operation;
  opened.site = site;
  return opened;
}

WarpMeeting& WarpMeetings::Arrive(const KernelThread& thread, WarpOperation operation, unsigned mask,
                                  std::uint64_t value, CallSite site) {
  const unsigned bit = Bit(thread.lane);
  if ((mask & bit) == 0) {
    Report("lane " + std::to_string(thread.lane) + " is not in its own mask " + Hex(mask) + " at " + Text(site));
    mask = bit;
  }
  if ((mask & ended_) != 0) {
    Report("the mask " + Hex(mask) + " at " + Text(site) + " names lanes " + Hex(mask & ended_) +
           " that do not exist or have returned");
    mask &= ~ended_;
  }
  WarpMeeting& meeting = Find(mask, bit, operation, site);
  if (meeting.operation != operation) {
    Report("lanes of one warp meet in different operations at " + Text(meeting.site) + " and " + Text(site));
  }
  meeting.values[thread.lane] = value;
  meeting.arrived |= bit;
  return meeting;
}

void WarpMeetings::Depart(WarpMeeting& meeting, int lane) {
  meeting.departed |= Bit(lane);
  if (meeting.departed == meeting.mask) in_use_ &= ~Bit(static_cast<int>(&meeting - meetings_.data()));
}

std::uint32_t WarpMeetings::LaneEnds(int lane) {
  ended_ |= Bit(lane);
  std::uint32_t released = 0;
  for (std::uint32_t rest = in_use_; rest != 0; rest &= rest - 1) {
    WarpMeeting& meeting = meetings_[static_cast<std::size_t>(std::countr_zero(rest))];
    if (IsComplete(meeting) || (meeting.mask & Bit(lane)) == 0) continue;
    Report("lane " + std::to_string(lane) + " returns, but other lanes wait for it at " + Text(meeting.site));
    meeting.mask &= ~Bit(lane);
    if (IsComplete(meeting)) released |= meeting.arrived;
  }
  return released;
}

}  // namespace shortlist::simt
