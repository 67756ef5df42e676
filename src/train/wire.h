// How float arrays travel between ranks: as they are, or rounded to bfloat16.
#pragma once

#include <cstdint>
#include <memory>
#include <span>

#include "comm/communicator.h"
#include "shortlist/settings/communication.h"
#include "tensor/backend.h"

namespace shortlist::train {

// The operations of a Communicator on arrays of floats. What arrives is the same on all ranks, this one's own included;
// rounding is of what travels, and sums of it are formed in float32, in rank order. What has begun follows the rules of
// the communicator. One thread at a time.
class Wire {
 public:
  virtual ~Wire() = default;

  // receive is [ranks, count].
  virtual void AllGather(const float* send, std::int64_t count, float* receive) = 0;
  // Blocks of counts[r] floats for each rank r.
  virtual void AllToAll(const float* send, std::span<const std::int64_t> send_counts, float* receive,
                        std::span<const std::int64_t> receive_counts) = 0;
  // send is [ranks, count].
  virtual void BeginReduceScatterSum(const float* send, std::int64_t count, float* receive) = 0;
  virtual void BeginAllReduceSum(float* values, std::int64_t count) = 0;
  virtual void Finish() = 0;
};

// Communicator and backend must outlive it.
std::unique_ptr<Wire> MakeWire(WireFormat format, comm::Communicator& communicator, tensor::Backend& backend);

}  // namespace shortlist::train
