// A point in a stream, or in a graph that is being recorded.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>

#include "simt/runtime/capture.h"
#include "simt/runtime/stream.h"

namespace shortlist::simt {

struct Event {
  using Time = std::chrono::steady_clock::time_point;

  bool measures_time = true;
  std::shared_ptr<Stream> stream;  // null: not recorded
  std::uint64_t number = 0;        // the operation of the stream that it stands behind
  std::shared_ptr<Time> time;      // when that operation had run
  std::shared_ptr<Capture> capture;
  Capture::Frontier frontier;

  bool HasRun() const { return stream == nullptr || stream->HasRun(number); }
  void Await() const {
    if (stream != nullptr) stream->Await(number);
  }
};

}  // namespace shortlist::simt
