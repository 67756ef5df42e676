#include <numeric>

#include "simt/device_fixture.h"
#include "simt/warp_test_kernels.h"

namespace shortlist::simt {
namespace {

using ::testing::Contains;
using ::testing::Each;
using ::testing::HasSubstr;

std::vector<int> Iota() {
  std::vector<int> values(32);
  std::iota(values.begin(), values.end(), 0);
  return values;
}

class WarpTest : public DeviceTest, public ::testing::WithParamInterface<Order> {
 protected:
  WarpTest() { TheMachine().set_schedule({.order = GetParam(), .seed = 7}); }
};
INSTANTIATE_TEST_SUITE_P(Orders, WarpTest, ::testing::Values(Order::kForward, Order::kReverse, Order::kRandom));

TEST_P(WarpTest, ShuffleReadsTheSourceWithinTheSegment) {
  std::vector<int> sources = Iota();
  for (int& source : sources) source = (source * 5 + 3) % 32;
  auto device_sources = Array(sources);
  auto out = Array(Iota());
  for (const int width : {32, 8}) {
    Launch(1, 32, ShuffleKernel, device_sources.data(), width, out.data());
    const std::vector<int> values = out.Read();
    for (int lane = 0; lane < 32; ++lane) {
      const int segment = lane / width * width;
      EXPECT_EQ(values[static_cast<std::size_t>(lane)],
                10 * (segment + sources[static_cast<std::size_t>(lane)] % width));
    }
  }
}

TEST_P(WarpTest, ShuffleXorStaysBelowTheEndOfTheSegment) {
  auto out = Array(std::vector<double>(32));
  Launch(1, 32, ShuffleXorKernel, 5, 32, out.data());
  const std::vector<double> whole = out.Read();
  Launch(1, 32, ShuffleXorKernel, 16, 8, out.data());
  const std::vector<double> segments = out.Read();
  for (int lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(whole[static_cast<std::size_t>(lane)], (lane ^ 5) * 0.5);
    // Earlier segments may be read, later ones not.
    EXPECT_EQ(segments[static_cast<std::size_t>(lane)], (lane < 16 ? lane : lane ^ 16) * 0.5);
  }
}

TEST_P(WarpTest, ShuffleUpAndDownKeepTheOwnValueAtTheEdge) {
  auto up = Array(std::vector<long long>(32));
  auto down = Array(std::vector<float>(32));
  Launch(1, 32, ShuffleUpKernel, 3U, 16, up.data());
  Launch(1, 32, ShuffleDownKernel, 2U, 8, down.data());
  const std::vector<long long> up_values = up.Read();
  const std::vector<float> down_values = down.Read();
  for (int lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(up_values[static_cast<std::size_t>(lane)], 1LL << (lane % 16 >= 3 ? lane - 3 : lane));
    EXPECT_EQ(down_values[static_cast<std::size_t>(lane)], static_cast<float>(lane % 8 + 2 < 8 ? lane + 2 : lane));
  }
}

TEST_P(WarpTest, VotesAreSeenByAllLanes) {
  auto out = Array(std::vector<unsigned>(64));
  for (const unsigned votes : {0U, 0x80000001U, ~0U}) {
    Launch(1, 32, VoteKernel, votes, out.data());
    const std::vector<unsigned> values = out.Read();
    const unsigned any_and_all = (votes != 0 ? 1U : 0U) | (votes == ~0U ? 2U : 0U);
    EXPECT_THAT(std::vector<unsigned>(values.begin(), values.begin() + 32), Each(votes));
    EXPECT_THAT(std::vector<unsigned>(values.begin() + 32, values.end()), Each(any_and_all));
  }
}

TEST_P(WarpTest, MatchFindsTheLanesOfEqualValue) {
  std::vector<int> values = Iota();
  for (int& value : values) value %= 3;
  auto device_values = Array(values);
  auto out = Array(std::vector<unsigned>(32));
  Launch(1, 32, MatchKernel, device_values.data(), out.data());
  const unsigned every_third = 0x49249249U;
  EXPECT_EQ(out.Read()[0], every_third);
  EXPECT_EQ(out.Read()[31], every_third << 1U);
}

TEST_P(WarpTest, Reductions) {
  std::vector<int> values = Iota();
  for (int& value : values) value = 64 - 5 * value;
  auto device_values = Array(values);
  auto out = Array(std::vector<int>(32 * 6));
  Launch(1, 32, ReduceKernel, device_values.data(), out.data());
  unsigned all = ~0U;
  unsigned any = 0;
  for (const int value : values) {
    all &= static_cast<unsigned>(value);
    any |= static_cast<unsigned>(value);
  }
  const std::vector<int> expected = {64 * 32 - 5 * 496,     64 - 5 * 31,           64,
                                     static_cast<int>(all), static_cast<int>(any), -1};
  const std::vector<int> rows = out.Read();
  for (int lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(std::vector<int>(rows.begin() + lane * 6, rows.begin() + lane * 6 + 6), expected);
  }
}

TEST_P(WarpTest, PartsOfAWarpMeetApart) {
  auto out = Array(Iota());
  Launch(3, 32, DivergentKernel, out.data());
  const std::vector<int> values = out.Read();
  for (int lane = 0; lane < 32; ++lane) {
    EXPECT_EQ(values[static_cast<std::size_t>(lane)], (lane < 16 ? 120 : 376) + (lane % 2 == 1 ? 8000 : 0));
  }
}

TEST_P(WarpTest, ReportsALaneOutsideOfItsOwnMask) {
  auto out = Array(Iota());
  Launch(1, 32, OutsideOwnMaskKernel, out.data());
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("lane 0 is not in its own mask 0xfffffffe at warp_test_kernels.cu")));
}

TEST_P(WarpTest, ReportsAnAbsentSource) {
  auto out = Array(Iota());
  Launch(1, 32, AbsentSourceKernel, out.data());
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("reads lane 20, which takes no part")));
}

TEST_P(WarpTest, ReportsAMaskWithLanesThatReturn) {
  auto out = Array(Iota());
  Launch(1, 32, HalfShufflesKernel, out.data());
  EXPECT_THAT(TakeReports(), Contains(::testing::ContainsRegex("returns, but|have returned")));
}

TEST_P(WarpTest, ReportsAMaskWithLanesThatDoNotExist) {
  auto out = Array(Iota());
  Launch(1, 16, ShuffleDownKernel, 0U, 32, reinterpret_cast<float*>(out.data()));
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("names lanes 0xffff0000 that do not exist")));
}

TEST_P(WarpTest, ReportsLanesInDifferentOperations) {
  auto out = Array(Iota());
  Launch(1, 32, DifferentOperationsKernel, out.data());
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("meet in different operations")));
}

TEST_P(WarpTest, ReportsThreadsThatWaitForEachOtherAndGoesOn) {
  auto out = Array(Iota());
  Launch(1, 32, WaitForEachOtherKernel, out.data());
  EXPECT_THAT(TakeReports(), Contains(HasSubstr("no thread of a block can go on")));
  Launch(1, 32, DivergentKernel, out.data());
  EXPECT_EQ(out.Read()[0], 120);
}

}  // namespace
}  // namespace shortlist::simt
