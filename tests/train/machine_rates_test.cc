#include "train/machine_rates.h"

#include <gtest/gtest.h>

#include "train/thread_ranks.h"

namespace shortlist::train {
namespace {

TEST(MachineRates, AreTheSameOnEveryRank) {
  std::vector<Cluster> measured(2);
  OnThreadRanks(2, [&](comm::Communicator& communicator, tensor::Backend& backend) {
    measured[static_cast<std::size_t>(communicator.rank())] = MeasureRates(Cluster{}, communicator, backend);
  });
  EXPECT_EQ(measured[0].devices, 2);
  EXPECT_GT(measured[0].memory_rate, 1e6);
  EXPECT_GT(measured[0].compute_rate, 1e6);
  EXPECT_GT(measured[0].link_rate, 1e3);
  EXPECT_GT(measured[0].latency_seconds, 0);
  EXPECT_EQ(measured[0].memory_rate, measured[1].memory_rate);
  EXPECT_EQ(measured[0].link_rate, measured[1].link_rate);
  EXPECT_EQ(measured[0].latency_seconds, measured[1].latency_seconds);
}

TEST(MachineRates, OneRankHasNoLinks) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const std::unique_ptr<comm::Communicator> communicator = comm::MakeSoloCommunicator(*backend);
  const Cluster measured = MeasureRates(Cluster{}, *communicator, *backend);
  EXPECT_EQ(measured.devices, 1);
  EXPECT_EQ(measured.link_rate, Cluster{}.link_rate);
  EXPECT_NE(measured.compute_rate, Cluster{}.compute_rate);
}

}  // namespace
}  // namespace shortlist::train
