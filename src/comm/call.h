// The operations of a communicator, and whether ranks mean the same one.
#pragma once

#include <cstdint>
#include <span>
#include <string>

namespace shortlist::comm {

enum class Operation { kAllReduceSum, kAllGather, kReduceScatterSum, kAllToAll, kBroadcast, kBarrier };
inline constexpr int kOperations = 6;

// As the member function of Communicator is called.
const char* NameOf(Operation operation);

// What has to be the same on every rank that takes part.
struct Call {
  Operation operation = Operation::kBarrier;
  std::int64_t size = 0;  // count or bytes, as the operation takes it
  int root = 0;
};

// What is wrong with the calls, given by rank, taken together; empty if nothing is.
std::string Disagreement(std::span<const Call> calls);

// What is wrong with one block of an AllToAll; empty if nothing is.
std::string DisagreementOnBlock(int from, std::int64_t bytes_sent, int to, std::int64_t bytes_expected);

// These throw Error{kInvalidArgument} for arguments that are wrong whatever other ranks do.
void RequireRoot(int root, int ranks);
void RequireBlockPerRank(std::span<const std::int64_t> send_bytes, std::span<const std::int64_t> receive_bytes,
                         int ranks);

}  // namespace shortlist::comm
