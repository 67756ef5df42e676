#include <algorithm>
#include <numeric>

#include "simt/block_test_kernels.h"
#include "simt/device_fixture.h"
#include "simt/runtime/garbage_memory.h"

namespace shortlist::simt {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;

std::vector<int> Iota(int count) {
  std::vector<int> values(static_cast<std::size_t>(count));
  std::iota(values.begin(), values.end(), 0);
  return values;
}

class BlockTest : public DeviceTest, public ::testing::WithParamInterface<Order> {
 protected:
  BlockTest() { TheMachine().set_schedule({.order = GetParam(), .seed = 3}); }
};
INSTANTIATE_TEST_SUITE_P(Orders, BlockTest, ::testing::Values(Order::kForward, Order::kReverse, Order::kRandom));

TEST_P(BlockTest, ABarrierOrdersSharedMemory) {
  auto in = Array(Iota(192));
  auto out = Array(std::vector<int>(192));
  Launch(2, 96, ReverseBlockKernel, in.data(), out.data());
  const std::vector<int> values = out.Read();
  for (int i = 0; i < 192; ++i) EXPECT_EQ(values[static_cast<std::size_t>(i)], i < 96 ? 95 - i : 287 - i);
}

TEST_P(BlockTest, DynamicSharedMemory) {
  auto in = Array(Iota(1024));
  auto out = Array(std::vector<int>(4));
  ASSERT_EQ(TryLaunch(4, 256, 256 * sizeof(int), SumBlockKernel, in.data(), out.data()), cudaSuccess);
  EXPECT_THAT(out.Read(), ::testing::ElementsAre(32640, 98176, 163712, 229248));
}

TEST_P(BlockTest, ABarrierCountsVotes) {
  auto out = Array(std::vector<int>(70));
  Launch(1, 70, CountVotesKernel, 33, out.data());
  EXPECT_THAT(out.Read(), Each(3310));
  Launch(1, 70, CountVotesKernel, 0, out.data());
  EXPECT_THAT(out.Read(), Each(0));
  Launch(1, 70, CountVotesKernel, 70, out.data());
  EXPECT_THAT(out.Read(), Each(7011));
}

TEST_P(BlockTest, EachBlockFindsGarbageInSharedMemory) {
  auto out = Array(std::vector<unsigned>(3));
  Launch(3, 1, GarbageKernel, out.data());
  EXPECT_THAT(out.Read(), Each(kGarbage * 0x01010101U));
}

TEST_P(BlockTest, PiecesOfSharedMemoryAreApart) {
  auto out = Array(std::vector<int>(3));
  ASSERT_EQ(TryLaunch(1, 64, 3 * sizeof(int), TwoPiecesKernel, out.data()), cudaSuccess);
  EXPECT_THAT(out.Read(), Each(321));
}

TEST_P(BlockTest, IndicesInThreeDimensions) {
  auto out = Array(std::vector<int>(24 * 30));
  Launch(dim3(2, 3, 4), dim3(5, 3, 2), IndicesKernel, out.data());
  const std::vector<int> values = out.Read();
  for (int block = 0; block < 24; ++block) {
    for (int thread = 0; thread < 30; ++thread) {
      EXPECT_EQ(values[static_cast<std::size_t>(block * 30 + thread)], block * 1000 + thread);
    }
  }
}

TEST_P(BlockTest, ReportsABarrierInBothBranches) {
  auto out = Array(std::vector<int>(64));
  Launch(1, 64, DivergentBarrierKernel, out.data());
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("meet at different barriers, block_test_kernels.cu:")));
}

TEST_P(BlockTest, ReportsABarrierThatAThreadNeverReaches) {
  auto out = Array(std::vector<int>(64));
  for (const auto kernel : {EarlyReturnKernel, LateReturnKernel}) {
    Launch(1, 64, kernel, out.data());
    EXPECT_THAT(TakeReports(), Contains(::testing::ContainsRegex("have returned|a thread returns")));
  }
}

TEST_P(BlockTest, ReportsMoreSharedMemoryThanTheDeviceHas) {
  auto out = Array(std::vector<int>(32));
  Launch(1, 32, MuchSharedKernel, out.data());
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("a block uses 200000 bytes, more than the 166912 of the device")));
}

class OrderTest : public DeviceTest {
 protected:
  std::vector<unsigned> Ticks(const Schedule& schedule) {
    TheMachine().set_schedule(schedule);
    auto clock = Array(std::vector<unsigned>(1));
    auto out = Array(std::vector<unsigned>(4 * 64));
    Launch(4, 64, TickKernel, clock.data(), out.data());
    return out.Read();
  }
  bool GivesRightValues(Order order) {
    TheMachine().set_schedule({.order = order});
    auto in = Array(Iota(96));
    auto out = Array(std::vector<int>(96));
    Launch(1, 96, MissingBarrierKernel, in.data(), out.data());
    std::vector<int> expected = Iota(96);
    std::reverse(expected.begin(), expected.end());
    return out.Read() == expected;
  }
};

TEST_F(OrderTest, ThreadsAndBlocksRunInTheOrderAskedFor) {
  std::vector<unsigned> ascending(256);
  std::iota(ascending.begin(), ascending.end(), 0U);
  EXPECT_EQ(Ticks({.order = Order::kForward}), ascending);
  const std::vector<unsigned> descending(ascending.rbegin(), ascending.rend());
  EXPECT_EQ(Ticks({.order = Order::kReverse}), descending);
}

TEST_F(OrderTest, RandomOrdersFollowTheSeed) {
  std::vector<unsigned> first = Ticks({.order = Order::kRandom, .seed = 1});
  EXPECT_NE(first, Ticks({.order = Order::kRandom, .seed = 2}));
  std::sort(first.begin(), first.end());
  EXPECT_EQ(first.back(), 255U);
}

TEST_F(OrderTest, AMissingBarrierShowsInEveryOrder) {
  for (const Order order : {Order::kForward, Order::kReverse, Order::kRandom}) EXPECT_FALSE(GivesRightValues(order));
}

}  // namespace
}  // namespace shortlist::simt
