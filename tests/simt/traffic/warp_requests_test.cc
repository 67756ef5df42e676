#include "simt/traffic/warp_requests.h"

#include <array>

#include <gtest/gtest.h>

namespace shortlist::simt {
namespace {

constexpr auto kRead = WarpRequests::Direction::kRead;
constexpr auto kWrite = WarpRequests::Direction::kWrite;

class WarpRequestsTest : public ::testing::Test {
 protected:
  // Each of `threads` threads accesses `bytes` bytes, `stride` bytes apart.
  void Execute(int threads, std::uint64_t site, WarpRequests::Direction direction, std::size_t bytes,
               std::size_t stride) {
    for (int thread = 0; thread < threads; ++thread) {
      requests_.Add(thread, site, direction, &memory_[static_cast<std::size_t>(thread) * stride], bytes);
    }
  }

  alignas(kSectorBytes) std::array<char, 64 * 128> memory_{};
  WarpRequests requests_;
};

TEST_F(WarpRequestsTest, NeighborsShareSectors) {
  Execute(32, 1, kRead, 4, 4);
  EXPECT_EQ(requests_.Finish(), (Traffic{1, 4, 0}));
}

TEST_F(WarpRequestsTest, VectorsOfAWarpAreOneRequest) {
  Execute(32, 1, kWrite, 16, 16);
  EXPECT_EQ(requests_.Finish(), (Traffic{1, 0, 16}));
}

TEST_F(WarpRequestsTest, OneAddressIsOneSector) {
  Execute(32, 1, kRead, 4, 0);
  EXPECT_EQ(requests_.Finish(), (Traffic{1, 1, 0}));
}

TEST_F(WarpRequestsTest, StridesWasteSectors) {
  Execute(32, 1, kRead, 4, 128);
  EXPECT_EQ(requests_.Finish(), (Traffic{1, 32, 0}));
}

TEST_F(WarpRequestsTest, WarpsAndExecutionsAndInstructionsAreRequestsOfTheirOwn) {
  Execute(64, 1, kRead, 4, 0);
  EXPECT_EQ(requests_.Finish(), (Traffic{2, 2, 0}));
  Execute(32, 1, kRead, 4, 4);
  Execute(32, 1, kRead, 4, 4);
  Execute(32, 2, kRead, 4, 4);
  EXPECT_EQ(requests_.Finish(), (Traffic{3, 12, 0}));
}

// 16 lanes have executed the instruction once more than the others.
TEST_F(WarpRequestsTest, LanesThatHaveMetExecuteTogether) {
  Execute(16, 1, kRead, 4, 4);
  Execute(32, 1, kRead, 4, 4);
  EXPECT_EQ(requests_.Finish(), (Traffic{2, 4 + 2, 0}));
  Execute(16, 1, kRead, 4, 0);
  requests_.Meet(0, 0xFFFFFFFFU);
  Execute(32, 1, kRead, 4, 4);
  EXPECT_EQ(requests_.Finish(), (Traffic{2, 1 + 4, 0}));
}

TEST_F(WarpRequestsTest, LanesThatDidNotMeetStayApart) {
  Execute(16, 1, kRead, 4, 0);
  requests_.Meet(0, 0x0000FFFFU);
  Execute(32, 1, kRead, 4, 4);
  EXPECT_EQ(requests_.Finish(), (Traffic{2, 3 + 2, 0}));
}

TEST_F(WarpRequestsTest, AnUnalignedAccessTouchesTwoSectors) {
  requests_.Add(0, 1, kRead, &memory_[28], 8);
  EXPECT_EQ(requests_.Finish(), (Traffic{1, 2, 0}));
}

}  // namespace
}  // namespace shortlist::simt
