#include "train/machine_rates.h"

#include <algorithm>
#include <chrono>
#include <functional>
#include <vector>

namespace shortlist::train {
namespace {

constexpr int kRounds = 5;
constexpr std::int64_t kCopiedBytes = std::int64_t{64} << 20;
constexpr std::int64_t kMatrixRows = 1024;
constexpr std::int64_t kBlockBytes = std::int64_t{4} << 20;

// The shortest of some rounds, after one that does not count.
double Seconds(tensor::Backend& backend, const std::function<void()>& work) {
  double least = 0;
  for (int round = 0; round <= kRounds; ++round) {
    backend.Synchronize();
    const auto start = std::chrono::steady_clock::now();
    work();
    backend.Synchronize();
    const double seconds = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
    if (round > 0) least = round == 1 ? seconds : std::min(least, seconds);
  }
  return least;
}

double MemoryRate(tensor::Backend& backend) {
  const auto bytes = static_cast<std::size_t>(kCopiedBytes);
  const tensor::Buffer source = backend.Allocate(bytes);
  const tensor::Buffer target = backend.Allocate(bytes);
  backend.Zero(source.As<void>(), bytes);
  const double seconds = Seconds(backend, [&] { backend.Copy(source.As<void>(), target.As<void>(), bytes); });
  return 2 * static_cast<double>(bytes) / seconds;
}

double ComputeRate(tensor::Backend& backend) {
  const std::int64_t n = kMatrixRows;
  const auto bytes = static_cast<std::size_t>(3 * n * n) * sizeof(float);
  const tensor::Buffer memory = backend.Allocate(bytes);
  backend.Zero(memory.As<void>(), bytes);
  float* values = memory.As<float>();
  const double seconds = Seconds(backend, [&] {
    backend.Linear({values, n, n}, {values + n * n, n, n}, nullptr, tensor::Activation::kNone,
                   {values + 2 * n * n, n, n});
  });
  return 2 * static_cast<double>(n * n * n) / seconds;
}

double LinkRate(comm::Communicator& communicator, tensor::Backend& backend) {
  const std::vector<std::int64_t> blocks(static_cast<std::size_t>(communicator.size()), kBlockBytes);
  const auto bytes = static_cast<std::size_t>(kBlockBytes) * blocks.size();
  const tensor::Buffer send = backend.Allocate(bytes);
  const tensor::Buffer receive = backend.Allocate(bytes);
  backend.Zero(send.As<void>(), bytes);
  const double seconds =
      Seconds(backend, [&] { communicator.AllToAll(send.As<void>(), blocks, receive.As<void>(), blocks); });
  return static_cast<double>(kBlockBytes * (communicator.size() - 1)) / seconds;
}

double Latency(comm::Communicator& communicator, tensor::Backend& backend) {
  const tensor::Buffer value = backend.Allocate(sizeof(float));
  backend.Zero(value.As<void>(), sizeof(float));
  return Seconds(backend, [&] { communicator.AllReduceSum(value.As<float>(), 1); });
}

// The least of all ranks' values.
double LeastOf(double value, comm::Communicator& communicator, tensor::Backend& backend) {
  std::vector<double> values(static_cast<std::size_t>(communicator.size()));
  const tensor::Buffer own = backend.Allocate(sizeof(double));
  const tensor::Buffer all = backend.Allocate(sizeof(double) * values.size());
  backend.Upload(&value, own.As<void>(), sizeof value);
  communicator.AllGather(own.As<void>(), sizeof value, all.As<void>());
  backend.Download(all.As<void>(), values.data(), sizeof(double) * values.size());
  backend.Synchronize();
  return *std::ranges::min_element(values);
}

}  // namespace

Cluster MeasureRates(Cluster cluster, comm::Communicator& communicator, tensor::Backend& backend) {
  const auto least = [&](double value) { return LeastOf(value, communicator, backend); };
  cluster.memory_rate = least(MemoryRate(backend));
  cluster.compute_rate = least(ComputeRate(backend));
  cluster.devices = communicator.size();
  if (communicator.size() == 1) return cluster;
  cluster.link_rate = least(LinkRate(communicator, backend));
  cluster.network_rate = cluster.link_rate;
  cluster.latency_seconds = -least(-Latency(communicator, backend));
  return cluster;
}

}  // namespace shortlist::train
