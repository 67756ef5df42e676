#include "comm/call.h"

#include <vector>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

TEST(CallTest, NamesAreThoseOfTheInterface) {
  EXPECT_STREQ(NameOf(Operation::kAllReduceSum), "AllReduceSum");
  EXPECT_STREQ(NameOf(Operation::kBarrier), "Barrier");
}

TEST(CallTest, EqualCallsAgree) {
  const std::vector<Call> calls(3, Call{Operation::kBroadcast, 7, 2});
  EXPECT_EQ(Disagreement(calls), "");
}

TEST(CallTest, TheFirstRankThatDiffersIsNamed) {
  std::vector<Call> calls(4, Call{Operation::kBroadcast, 7, 2});
  calls[2].size = 8;
  EXPECT_EQ(Disagreement(calls),
            "ranks disagree: Broadcast of 7 with root 2 on rank 0, Broadcast of 8 with root 2 on rank 2");
  calls[1].operation = Operation::kAllGather;
  EXPECT_EQ(Disagreement(calls),
            "ranks disagree: Broadcast of 7 with root 2 on rank 0, AllGather of 7 with root 2 on rank 1");
}

TEST(CallTest, BlocksOfDifferentSizesAreNamed) {
  EXPECT_EQ(DisagreementOnBlock(1, 8, 2, 8), "");
  EXPECT_EQ(DisagreementOnBlock(1, 8, 2, 4), "AllToAll: rank 1 sends 8 bytes to rank 2, which expects 4");
}

TEST(CallTest, ARootIsARank) {
  EXPECT_NO_THROW(RequireRoot(1, 2));
  EXPECT_THROW(RequireRoot(2, 2), Error);
  EXPECT_THROW(RequireRoot(-1, 2), Error);
}

TEST(CallTest, BothDirectionsNeedABlockPerRank) {
  const std::vector<std::int64_t> two(2);
  const std::vector<std::int64_t> three(3);
  EXPECT_NO_THROW(RequireBlockPerRank(two, two, 2));
  EXPECT_THROW(RequireBlockPerRank(two, three, 2), Error);
  EXPECT_THROW(RequireBlockPerRank(three, two, 2), Error);
}

}  // namespace
}  // namespace shortlist::comm
