// A queue of operations.
#pragma once

#include <cstdint>
#include <deque>
#include <memory>
#include <thread>

#include "simt/runtime/operation.h"

namespace shortlist::simt {

class Capture;

// Operations are numbered from 1 in the order they were queued, and run in that order on whichever host thread waits
// for them. Any thread may call.
class Stream {
 public:
  explicit Stream(int device) : device_(device) {}

  int device() const { return device_; }

  // The number of the operation.
  std::uint64_t Push(Operation operation);
  std::uint64_t pushed() const;
  bool HasRun(std::uint64_t number) const;
  // Runs operations, or waits while another host thread runs them, until this one has run.
  void RunThrough(std::uint64_t number);
  void RunAll() { RunThrough(pushed()); }
  // The same, because the host, or the operation that runs on this thread, has to wait for it.
  void Await(std::uint64_t number);
  void AwaitAll() { Await(pushed()); }
  // One more, if there is one.
  void RunNext();

  // Null unless operations are recorded rather than queued. Set by the thread that uses the stream.
  const std::shared_ptr<Capture>& capture() const { return capture_; }
  void set_capture(std::shared_ptr<Capture> capture) { capture_ = std::move(capture); }

 private:
  int device_;
  std::deque<Operation> queue_;
  std::uint64_t pushed_ = 0;
  std::uint64_t completed_ = 0;
  bool running_ = false;
  std::thread::id runner_;
  std::shared_ptr<Capture> capture_;
};

}  // namespace shortlist::simt
