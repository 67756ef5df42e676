// Host-to-device copies that the device makes beside its computations.
#pragma once

#include <cstddef>
#include <deque>

#include "cuda/device_memory.h"
#include "cuda/handles.h"
#include "cuda/queue.h"

namespace shortlist::cuda {

// A copy goes through a block of page-locked memory and its twin on the device: the way up to the twin is on a stream
// of its own, beside what the queue's stream computes; only the way on from the twin, within the device, is in the
// queue's order. There are two blocks, so that one is filled while the device reads the other; more only if one capture
// fills both. The host waits when it is two blocks ahead of the device. One thread at a time.
//
// While the queue's stream is captured into a graph, data still travel to the twins at once, and the graph holds the
// way on. BeginCapture, then (the graph being ready) OrderLaunch, its launch, and EndCapture.
class UploadStaging {
 public:
  // The queue must outlive it.
  explicit UploadStaging(Queue& queue);
  ~UploadStaging();
  UploadStaging(const UploadStaging&) = delete;
  UploadStaging& operator=(const UploadStaging&) = delete;

  // `host` may be reused when it returns; `target` holds the data for what is queued after it.
  void Upload(const void* host, void* target, std::size_t bytes);

  // Blocks that are used from here on stay as they are until EndCapture.
  void BeginCapture();
  // Makes the queue's stream wait for the data that the captured graph reads.
  void OrderLaunch();
  // To be called after the graph's last launch, or when there is none.
  void EndCapture() noexcept;

 private:
  enum class Use { kFree, kQueued, kCaptured };
  struct Block {
    PinnedMemory pinned;
    DeviceMemory twin;
    Event read;  // of kQueued: the device has read the twin
    std::size_t used = 0;
    Use use = Use::kFree;
  };

  Block MakeBlock() const;
  // The current block, with room for at least one byte.
  Block& BlockWithRoom();
  void Retire(Block& block);
  bool HasBeenRead(const Block& block) const;
  void CopyPart(const void* host, void* target, std::size_t bytes, Block& block);

  Queue& queue_;
  Stream copies_;
  Event copied_;
  std::deque<Block> blocks_;  // the current one in front, then those that were left, the longest ago at the back
  bool capturing_ = false;
};

}  // namespace shortlist::cuda
