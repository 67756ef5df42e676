// Messages whose bytes do not fit the counts of many interfaces.
#include <algorithm>
#include <vector>

#include <gtest/gtest.h>

#include "conformance/communicators.h"

namespace shortlist::conformance {
namespace {

constexpr std::int64_t kBytes = (std::int64_t{1} << 31) + 5;

TEST(LargeMessagesSlowTest, BroadcastBeyondTwoGigabytes) {
  Worlds()[0].run([](comm::Communicator& communicator) {
    std::vector<char> bytes(kBytes, communicator.rank() == 0 ? 'x' : ' ');
    communicator.Broadcast(bytes.data(), kBytes, 0);
    EXPECT_EQ(std::count(bytes.begin(), bytes.end(), 'x'), kBytes);
  });
}

}  // namespace
}  // namespace shortlist::conformance
