#include "comm/tcp_transport.h"

#include <algorithm>
#include <atomic>

#include <gtest/gtest.h>

#include "comm/outcomes.h"

namespace shortlist::comm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

using Body = std::function<void(Communicator&)>;

// Ranks over TCP as threads.
std::vector<Outcome> RunRanks(int ranks, seconds timeout, const Body& body) {
  const Socket first = Listen(0);
  return OutcomesOf(ranks, [&](int rank) {
    const Launch launch{.rank = rank, .size = ranks, .address = "127.0.0.1", .port = PortOf(first)};
    const Socket own = rank == 0 ? Socket() : Listen(0);
    const std::unique_ptr<Communicator> mine = MakeTransportCommunicator(
        MakeTcpTransport(launch, rank == 0 ? first : own, {.timeout = timeout, .abandon = {}}));
    body(*mine);
  });
}

bool Contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

TEST(TcpTransportTest, ARankThatFailsReleasesTheOthersAtOnce) {
  const auto outcomes = RunRanks(3, seconds(60), [](Communicator& communicator) {
    communicator.Barrier();
    if (communicator.rank() == 2) throw Error(Code::kInternal, "the disk is full");
    std::vector<float> values(4);
    communicator.AllReduceSum(values.data(), 4);
  });
  EXPECT_EQ(outcomes[2].message, "the disk is full");
  for (int rank = 0; rank < 2; ++rank) {
    const Outcome& outcome = outcomes[static_cast<std::size_t>(rank)];
    EXPECT_EQ(outcome.code, Code::kUnavailable);
    EXPECT_TRUE(Contains(outcome.message, " cannot be completed: rank 2 on ")) << outcome.message;
    EXPECT_TRUE(Contains(outcome.message, "has stopped with an error; see its log")) << outcome.message;
  }
}

// The late rank's watch lives on, so only the operation's timeout can tell.
TEST(TcpTransportTest, ARankThatDoesNotComeIsNamedOnEveryRank) {
  std::atomic<int> released = 0;
  const auto outcomes = RunRanks(4, seconds(3), [&](Communicator& communicator) {
    communicator.Barrier();
    if (communicator.rank() == 1) {
      while (released < 3) std::this_thread::sleep_for(milliseconds(5));
    } else {
      try {
        communicator.Barrier();
      } catch (const Error&) {
        ++released;
        throw;
      }
    }
    communicator.Barrier();
  });
  for (const Outcome& outcome : outcomes) {
    EXPECT_TRUE(outcome.code == Code::kDeadlineExceeded || outcome.code == Code::kUnavailable);
    EXPECT_TRUE(Contains(outcome.message, "rank 1 on ")) << outcome.message;
    EXPECT_TRUE(Contains(outcome.message, "did not answer within 3 s")) << outcome.message;
  }
}

TEST(TcpTransportTest, ARankThatEndsEarlyIsNamed) {
  const auto outcomes = RunRanks(2, seconds(60), [](Communicator& communicator) {
    if (communicator.rank() == 1) communicator.Barrier();
  });
  EXPECT_EQ(outcomes[0].message, "");
  EXPECT_TRUE(Contains(outcomes[1].message, "rank 0 on ")) << outcomes[1].message;
  EXPECT_TRUE(Contains(outcomes[1].message, "has ended its part already")) << outcomes[1].message;
}

// More than the buffers of a connection hold, both ways at once.
TEST(TcpTransportTest, LargeMessagesDoNotWaitForEachOther) {
  const auto outcomes = RunRanks(3, seconds(60), [](Communicator& communicator) {
    const std::vector<char> mine(std::size_t{16} << 20, static_cast<char>('a' + communicator.rank()));
    std::vector<char> all(mine.size() * 3);
    communicator.AllGather(mine.data(), static_cast<std::int64_t>(mine.size()), all.data());
    for (int rank = 0; rank < 3; ++rank) {
      const auto block = all.begin() + static_cast<std::ptrdiff_t>(mine.size()) * rank;
      EXPECT_EQ(std::count(block, block + static_cast<std::ptrdiff_t>(mine.size()), 'a' + rank),
                static_cast<std::ptrdiff_t>(mine.size()));
    }
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

// 2^31 bytes and more do not fit the counts of many interfaces.
TEST(TcpTransportSlowTest, BlocksBeyondTwoGigabytes) {
  static constexpr std::int64_t kBytes = (std::int64_t{1} << 31) + 5;
  const auto outcomes = RunRanks(2, seconds(300), [](Communicator& communicator) {
    std::vector<char> bytes(kBytes, communicator.rank() == 0 ? 'x' : ' ');
    communicator.Broadcast(bytes.data(), kBytes, 0);
    EXPECT_EQ(std::count(bytes.begin(), bytes.end(), 'x'), kBytes);
    EXPECT_EQ(communicator.traffic().Total().bytes_sent, communicator.rank() == 0 ? kBytes : 0);
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

}  // namespace
}  // namespace shortlist::comm
