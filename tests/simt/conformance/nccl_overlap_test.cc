// Sums over NCCL beside what a simulated GPU computes.
#include <future>

#include <gtest/gtest.h>

#include "simt/conformance/simulated_ranks.h"
#include "simt/runtime/machine.h"

namespace shortlist::conformance {
namespace {

// Rank 1 comes when rank 0's queue has done what was asked for after the sum began, which would wait for rank 1 if the
// sum were in the queue's order.
TEST(NcclOverlapTest, TheQueueGoesOnUntilFinish) {
  simt::TheMachine().set_schedule({simt::Order::kForward, 0, simt::StreamMode::kLazy});
  std::promise<void> went_on;
  RunSimulatedRanks(2, std::chrono::minutes(5), [&](SimulatedRank rank) {
    const tensor::Buffer sum = rank.backend.Allocate(4);
    const tensor::Buffer other = rank.backend.Allocate(4);
    const float one = 1;
    rank.backend.Upload(&one, sum.As<void>(), 4);
    if (rank.communicator.rank() == 1) went_on.get_future().wait();
    rank.communicator.BeginAllReduceSum(sum.As<float>(), 1);
    rank.backend.Zero(other.As<void>(), 4);
    if (rank.communicator.rank() == 0) {
      rank.backend.Synchronize();
      went_on.set_value();
    }
    rank.communicator.Finish();
    rank.backend.AddScaled(sum.As<float>(), 1, other.As<float>(), 1);
    float result = 0;
    rank.backend.Download(other.As<void>(), &result, 4);
    EXPECT_EQ(result, 2);
  });
}

}  // namespace
}  // namespace shortlist::conformance
