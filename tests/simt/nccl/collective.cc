#include "simt/nccl/collective.h"

#include <cstring>

#include "simt/runtime/machine.h"
#include "simt/runtime/memory_checker.h"

namespace shortlist::simt {
namespace {

std::size_t BytesOf(ncclDataType_t type) {
  switch (type) {
    case ncclInt8:
    case ncclUint8:
      return 1;
    case ncclFloat32:
    case ncclInt32:
      return 4;
    default:
      TheMachine().reports().Add("NCCL", "data type " + std::to_string(type) + " is not simulated");
      return 1;
  }
}

const char* NameOf(CollectiveKind kind) {
  constexpr const char* kNames[] = {"AllReduce", "AllGather", "ReduceScatter", "Broadcast", "Send", "Recv"};
  return kNames[static_cast<std::size_t>(kind)];
}

using Bytes = std::vector<char>;

Bytes Read(const void* memory, std::size_t bytes) {
  LinkedMemoryChecker().Read(memory, bytes, "NCCL");
  const char* const begin = static_cast<const char*>(memory);
  return {begin, begin + bytes};
}

void Write(const Bytes& bytes, void* memory) {
  if (bytes.empty()) return;
  std::memcpy(memory, bytes.data(), bytes.size());
  LinkedMemoryChecker().Written(memory, bytes.size());
}

Bytes SumOfFloats(const std::vector<Bytes>& addends) {
  Bytes sum = addends.back();
  auto* const total = reinterpret_cast<float*>(sum.data());
  for (std::size_t rank = addends.size() - 1; rank-- > 0;) {
    const auto* const addend = reinterpret_cast<const float*>(addends[rank].data());
    for (std::size_t i = 0; i < sum.size() / sizeof(float); ++i) total[i] += addend[i];
  }
  return sum;
}

Bytes Slice(const Bytes& bytes, std::size_t index, std::size_t size) {
  const auto begin = bytes.begin() + static_cast<std::ptrdiff_t>(index * size);
  return {begin, begin + static_cast<std::ptrdiff_t>(size)};
}

Bytes Joined(const std::vector<Bytes>& parts) {
  Bytes all;
  for (const Bytes& part : parts) all.insert(all.end(), part.begin(), part.end());
  return all;
}

}  // namespace

std::size_t Collective::bytes() const {
  return count * BytesOf(type);
}

std::size_t Collective::SendBytes(int ranks) const {
  if (kind == CollectiveKind::kReceive) return 0;
  return kind == CollectiveKind::kReduceScatter ? bytes() * static_cast<std::size_t>(ranks) : bytes();
}

std::size_t Collective::ReceiveBytes(int ranks) const {
  if (kind == CollectiveKind::kSend) return 0;
  return kind == CollectiveKind::kAllGather ? bytes() * static_cast<std::size_t>(ranks) : bytes();
}

std::string Describe(const Collective& collective) {
  return std::string(NameOf(collective.kind)) + " of " + std::to_string(collective.count) + " of type " +
         std::to_string(collective.type) + " with root or peer " + std::to_string(collective.peer);
}

std::string DisagreementOf(const std::vector<Collective>& ranks) {
  for (std::size_t rank = 1; rank < ranks.size(); ++rank) {
    if (Describe(ranks[rank]) == Describe(ranks[0])) continue;
    return "ranks disagree: " + Describe(ranks[0]) + " on rank 0, " + Describe(ranks[rank]) + " on rank " +
           std::to_string(rank);
  }
  return {};
}

void Execute(const std::vector<Collective>& ranks) {
  const Collective& first = ranks.front();
  const int size = static_cast<int>(ranks.size());
  if (first.kind == CollectiveKind::kBroadcast) {
    const Bytes root = Read(ranks[static_cast<std::size_t>(first.peer)].send, first.bytes());
    for (const Collective& rank : ranks) Write(root, rank.receive);
    return;
  }
  std::vector<Bytes> operands;
  for (const Collective& rank : ranks) operands.push_back(Read(rank.send, rank.SendBytes(size)));
  const Bytes result = first.kind == CollectiveKind::kAllGather ? Joined(operands) : SumOfFloats(operands);
  for (std::size_t rank = 0; rank < ranks.size(); ++rank) {
    const bool scattered = first.kind == CollectiveKind::kReduceScatter;
    Write(scattered ? Slice(result, rank, first.bytes()) : result, ranks[rank].receive);
  }
}

void Deliver(const Collective& send, const Collective& receive) {
  Write(Read(send.send, send.bytes()), receive.receive);
}

}  // namespace shortlist::simt
