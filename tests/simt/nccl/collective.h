// The operations of NCCL on the operands of all ranks at once.
#pragma once

#include <cstddef>
#include <nccl.h>
#include <string>
#include <vector>

namespace shortlist::simt {

enum class CollectiveKind { kAllReduce, kAllGather, kReduceScatter, kBroadcast, kSend, kReceive };

// One rank's part in an operation.
struct Collective {
  CollectiveKind kind = CollectiveKind::kAllReduce;
  const void* send = nullptr;
  void* receive = nullptr;
  std::size_t count = 0;
  ncclDataType_t type = ncclFloat32;
  ncclRedOp_t reduction = ncclSum;
  int peer = 0;  // or the root

  bool between_two() const { return kind == CollectiveKind::kSend || kind == CollectiveKind::kReceive; }
  std::size_t bytes() const;
  std::size_t SendBytes(int ranks) const;
  std::size_t ReceiveBytes(int ranks) const;
};

std::string Describe(const Collective& collective);

// Whether ranks, in order, mean the same; empty if they do.
std::string DisagreementOf(const std::vector<Collective>& ranks);

// Reads all operands before it writes any, because operations in place are allowed. Sums floats from the last rank to
// the first, so that nothing comes to rely on the order of ranks.
void Execute(const std::vector<Collective>& ranks);

// A message that one rank sends and another receives.
void Deliver(const Collective& send, const Collective& receive);

}  // namespace shortlist::simt
