#include "train/rank_group.h"

#include <gtest/gtest.h>

#include "train/thread_ranks.h"

namespace shortlist::train {
namespace {

TEST(RankGroup, SharesWhatTheLeadingRankSays) {
  OnThreadRanks(3, [](comm::Communicator& communicator, tensor::Backend& backend) {
    RankGroup group(communicator, backend);
    EXPECT_EQ(group.leads(), communicator.rank() == 0);
    EXPECT_EQ(group.Share(communicator.rank() + 0.5), 0.5);
    const std::string own = communicator.rank() == 0 ? "a longer text" : "x";
    EXPECT_EQ(group.Share(own), "a longer text");
    EXPECT_EQ(group.Share(communicator.rank() == 0 ? std::string() : std::string("y")), "");
    group.Meet();
  });
}

TEST(RankGroup, OneRankSharesWithItself) {
  const std::unique_ptr<tensor::Backend> backend = tensor::MakeCpuBackend(1);
  const std::unique_ptr<comm::Communicator> communicator = comm::MakeSoloCommunicator(*backend);
  RankGroup group(*communicator, *backend);
  EXPECT_TRUE(group.leads());
  EXPECT_EQ(group.Share(std::string("text")), "text");
}

}  // namespace
}  // namespace shortlist::train
