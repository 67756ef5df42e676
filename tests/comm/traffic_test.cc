#include "comm/traffic.h"

#include <vector>

#include <gtest/gtest.h>

namespace shortlist::comm {
namespace {

TEST(TrafficTest, PartsCoverEverythingOnce) {
  for (const std::int64_t count : {std::int64_t{0}, std::int64_t{1}, std::int64_t{10}, std::int64_t{1} << 40}) {
    std::int64_t next = 0;
    for (int rank = 0; rank < 7; ++rank) {
      const Part part = PartOf(count, rank, 7);
      EXPECT_EQ(part.first, next);
      EXPECT_LE(part.size(), count / 7 + 1);
      next = part.last;
    }
    EXPECT_EQ(next, count);
  }
}

// Two parts of 5 floats: each rank sends one part away and the sum of the other.
TEST(TrafficTest, AnAllReduceSendsEachPartTwice) {
  EXPECT_EQ(VolumeOfAllReduce(10, 0, 2), (Volume{1, 40, 40}));
  EXPECT_EQ(VolumeOfAllReduce(1000, 1, 4), (Volume{1, 6000, 6000}));
}

TEST(TrafficTest, ARankAloneMovesNothing) {
  const std::vector<std::int64_t> block{8};
  EXPECT_EQ(VolumeOfAllReduce(10, 0, 1), (Volume{1, 0, 0}));
  EXPECT_EQ(VolumeOfAllGather(10, 1), (Volume{1, 0, 0}));
  EXPECT_EQ(VolumeOfReduceScatter(10, 1), (Volume{1, 0, 0}));
  EXPECT_EQ(VolumeOfAllToAll(block, block, 0), (Volume{1, 0, 0}));
  EXPECT_EQ(VolumeOfBroadcast(10, 0, 0, 1), (Volume{1, 0, 0}));
}

TEST(TrafficTest, ABlockForItselfIsNotCounted) {
  const std::vector<std::int64_t> send{100, 1, 2};
  const std::vector<std::int64_t> receive{100, 30, 40};
  EXPECT_EQ(VolumeOfAllToAll(send, receive, 0), (Volume{1, 3, 70}));
}

TEST(TrafficTest, OperationsAddUp) {
  Traffic traffic;
  traffic.Add(Operation::kAllGather, {1, 10, 20});
  traffic.Add(Operation::kAllGather, {1, 1, 2});
  traffic.Add(Operation::kBarrier, {.calls = 1});
  EXPECT_EQ(traffic.of(Operation::kAllGather), (Volume{2, 11, 22}));
  EXPECT_EQ(traffic.of(Operation::kBroadcast), Volume{});
  EXPECT_EQ(traffic.Total(), (Volume{3, 11, 22}));
}

}  // namespace
}  // namespace shortlist::comm
