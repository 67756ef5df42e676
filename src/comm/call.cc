#include "comm/call.h"

#include <array>
#include <cstddef>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

std::string Describe(const Call& call) {
  return std::string(NameOf(call.operation)) + " of " + std::to_string(call.size) + " with root " +
         std::to_string(call.root);
}

}  // namespace

const char* NameOf(Operation operation) {
  constexpr std::array<const char*, kOperations> kNames = {"AllReduceSum", "AllGather", "ReduceScatterSum",
                                                           "AllToAll",     "Broadcast", "Barrier"};
  return kNames.at(static_cast<std::size_t>(operation));
}

std::string Disagreement(std::span<const Call> calls) {
  for (std::size_t rank = 1; rank < calls.size(); ++rank) {
    if (Describe(calls[rank]) == Describe(calls[0])) continue;
    return "ranks disagree: " + Describe(calls[0]) + " on rank 0, " + Describe(calls[rank]) + " on rank " +
           std::to_string(rank);
  }
  return {};
}

std::string DisagreementOnBlock(int from, std::int64_t bytes_sent, int to, std::int64_t bytes_expected) {
  if (bytes_sent == bytes_expected) return {};
  return "AllToAll: rank " + std::to_string(from) + " sends " + std::to_string(bytes_sent) + " bytes to rank " +
         std::to_string(to) + ", which expects " + std::to_string(bytes_expected);
}

void RequireRoot(int root, int ranks) {
  if (root >= 0 && root < ranks) return;
  throw Error(Code::kInvalidArgument,
              "Broadcast: root is " + std::to_string(root) + " of " + std::to_string(ranks) + " ranks");
}

void RequireBlockPerRank(std::span<const std::int64_t> send_bytes, std::span<const std::int64_t> receive_bytes,
                         int ranks) {
  const auto blocks = static_cast<std::size_t>(ranks);
  if (send_bytes.size() == blocks && receive_bytes.size() == blocks) return;
  throw Error(Code::kInvalidArgument,
              "AllToAll: " + std::to_string(ranks) + " ranks need as many blocks to send and to receive");
}

}  // namespace shortlist::comm
