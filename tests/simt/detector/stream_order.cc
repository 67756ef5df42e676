#include "simt/detector/stream_order.h"

#include <algorithm>
#include <utility>

namespace shortlist::simt {

void StreamOrder::Queue(const StreamPoint& point) {
  const std::lock_guard lock(mutex_);
  // A new stream may lie where one was that is gone.
  if (point.number == 1) streams_[point.stream] = {stream_count_++, {}, {}};
  streams_.at(point.stream).issued.push_back(host_);
}

void StreamOrder::Begin(const StreamPoint& point) {
  const std::lock_guard lock(mutex_);
  Stream& stream = streams_.at(point.stream);
  Clock clock = stream.issued.at(point.number - 1);
  if (!stream.clocks.empty()) Join(clock, stream.clocks.back());
  clock.resize(std::max(clock.size(), stream.index + 1));
  clock[stream.index] = point.number;
  stream.clocks.push_back(std::move(clock));
}

void StreamOrder::HostAwaits(const StreamPoint& point) {
  const std::lock_guard lock(mutex_);
  Join(host_, ClockOf(point));
}

void StreamOrder::OperationAwaits(const StreamPoint& waiter, const StreamPoint& point) {
  const std::lock_guard lock(mutex_);
  Join(ClockOf(waiter), ClockOf(point));
}

OperationId StreamOrder::Start(const StreamPoint& point, std::string name) {
  const std::lock_guard lock(mutex_);
  operations_.push_back({std::move(name), streams_.at(point.stream).index, point.number, ClockOf(point)});
  return static_cast<OperationId>(operations_.size());
}

bool StreamOrder::Before(OperationId earlier, OperationId later) const {
  const std::lock_guard lock(mutex_);
  const Operation& first = operations_[earlier - 1];
  const Clock& known = operations_[later - 1].clock;
  return first.stream < known.size() && known[first.stream] >= first.number;
}

std::string StreamOrder::Name(OperationId operation) const {
  const std::lock_guard lock(mutex_);
  return operation == 0 ? "" : operations_[operation - 1].name;
}

void StreamOrder::Join(Clock& clock, const Clock& other) {
  clock.resize(std::max(clock.size(), other.size()));
  for (std::size_t i = 0; i < other.size(); ++i) clock[i] = std::max(clock[i], other[i]);
}

StreamOrder::Clock& StreamOrder::ClockOf(const StreamPoint& point) {
  return streams_.at(point.stream).clocks.at(point.number - 1);
}

}  // namespace shortlist::simt
