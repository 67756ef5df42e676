#include "comm/traffic.h"

#include <numeric>

namespace shortlist::comm {
namespace {

constexpr std::int64_t kFloatBytes = sizeof(float);

std::int64_t SumExcept(std::span<const std::int64_t> bytes, int rank) {
  return std::accumulate(bytes.begin(), bytes.end(), std::int64_t{0}) - bytes[static_cast<std::size_t>(rank)];
}

}  // namespace

Volume& Volume::operator+=(const Volume& other) {
  calls += other.calls;
  bytes_sent += other.bytes_sent;
  bytes_received += other.bytes_received;
  return *this;
}

Part PartOf(std::int64_t count, int rank, int size) {
  const auto bound = [&](int part) { return count / size * part + count % size * part / size; };
  return {bound(rank), bound(rank + 1)};
}

Volume VolumeOfAllReduce(std::int64_t count, int rank, int size) {
  const std::int64_t mine = PartOf(count, rank, size).size();
  const std::int64_t bytes = (count - mine + mine * (size - 1)) * kFloatBytes;
  return {1, bytes, bytes};
}

Volume VolumeOfAllGather(std::int64_t bytes, int size) {
  return {1, bytes * (size - 1), bytes * (size - 1)};
}

Volume VolumeOfReduceScatter(std::int64_t count, int size) {
  return {1, count * kFloatBytes * (size - 1), count * kFloatBytes * (size - 1)};
}

Volume VolumeOfAllToAll(std::span<const std::int64_t> send_bytes, std::span<const std::int64_t> receive_bytes,
                        int rank) {
  return {1, SumExcept(send_bytes, rank), SumExcept(receive_bytes, rank)};
}

Volume VolumeOfBroadcast(std::int64_t bytes, int root, int rank, int size) {
  return rank == root ? Volume{1, bytes * (size - 1), 0} : Volume{1, 0, bytes};
}

Volume Traffic::Total() const {
  Volume total;
  for (const Volume& volume : volumes_) total += volume;
  return total;
}

}  // namespace shortlist::comm
