#include "comm/mesh.h"

#include <sys/socket.h>

#include <gtest/gtest.h>

#include "comm/outcomes.h"

namespace shortlist::comm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

Launch LaunchOf(int rank, int size, const Socket& first) {
  return {.rank = rank, .size = size, .address = "127.0.0.1", .port = PortOf(first)};
}

std::vector<Peer> Join(const Launch& launch, const Socket& first, milliseconds timeout = seconds(60)) {
  if (launch.rank == 0) return MakeMesh(launch, first, timeout);
  const Socket own = Listen(0);
  return MakeMesh(launch, own, timeout);
}

// Each pair is connected twice, and neither connection is confused with the other or with another rank's.
TEST(MeshTest, ConnectsEveryPair) {
  constexpr int kRanks = 4;
  const Socket first = Listen(0);
  const auto outcomes = OutcomesOf(kRanks, [&](int rank) {
    const std::vector<Peer> peers = Join(LaunchOf(rank, kRanks, first), first);
    for (int other = 0; other < kRanks; ++other) {
      if (other == rank) continue;
      SendText(peers[static_cast<std::size_t>(other)].data, "data " + std::to_string(rank), After(seconds(60)));
      SendText(peers[static_cast<std::size_t>(other)].control, "control " + std::to_string(rank), After(seconds(60)));
    }
    for (int other = 0; other < kRanks; ++other) {
      const Peer& peer = peers[static_cast<std::size_t>(other)];
      EXPECT_NE(peer.host.find("(127.0.0.1)"), std::string::npos) << peer.host;
      if (other == rank) continue;
      EXPECT_EQ(ReceiveText(peer.data, After(seconds(60))), "data " + std::to_string(other));
      EXPECT_EQ(ReceiveText(peer.control, After(seconds(60))), "control " + std::to_string(other));
    }
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

TEST(MeshTest, StrangersAreDropped) {
  const Socket first = Listen(0);
  const Socket probe = Connect("127.0.0.1", PortOf(first), After(seconds(60)));
  const std::string request = "GET / HTTP/1.1\r\n\r\n";
  send(probe.descriptor(), request.data(), request.size(), 0);
  const Socket talker = Connect("127.0.0.1", PortOf(first), After(seconds(60)));
  SendText(talker, "hello?", After(seconds(60)));
  const auto outcomes = OutcomesOf(2, [&](int rank) { Join(LaunchOf(rank, 2, first), first); });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

TEST(MeshTest, ARankThatIsHungUpOnAsksAgain) {
  const Socket first = Listen(0);
  std::thread earlier([&] { Accept(first, After(seconds(60))); });
  const auto outcomes = OutcomesOf(2, [&](int rank) {
    if (rank == 0) earlier.join();
    Join(LaunchOf(rank, 2, first), first);
  });
  for (const Outcome& outcome : outcomes) EXPECT_EQ(outcome.message, "");
}

TEST(MeshTest, ARankThatDoesNotComeIsNamedOnAllThatCame) {
  const Socket first = Listen(0);
  const auto outcomes =
      OutcomesOf(2, [&](int rank) { Join(LaunchOf(rank == 0 ? 0 : 2, 4, first), first, seconds(1)); });
  EXPECT_EQ(outcomes[0].code, Code::kDeadlineExceeded);
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.message.substr(0, 36), "ranks 1, 3 of 4 did not come to port") << outcome.message;
  }
}

TEST(MeshTest, AnotherSizeIsRefusedOnBothSides) {
  const Socket first = Listen(0);
  const auto outcomes = OutcomesOf(2, [&](int rank) { Join(LaunchOf(rank, 2 + rank, first), first); });
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.code, Code::kFailedPrecondition);
    EXPECT_NE(outcome.message.find("was started for 3 ranks, rank 0 for 2"), std::string::npos) << outcome.message;
  }
}

TEST(MeshTest, ARankThatIsThereTwiceIsRefusedEverywhere) {
  const Socket first = Listen(0);
  const auto outcomes = OutcomesOf(3, [&](int thread) { Join(LaunchOf(thread == 0 ? 0 : 1, 3, first), first); });
  for (const Outcome& outcome : outcomes) {
    EXPECT_EQ(outcome.code, Code::kFailedPrecondition);
    EXPECT_NE(outcome.message.find("rank 1 on "), std::string::npos) << outcome.message;
    EXPECT_NE(outcome.message.find("is there twice"), std::string::npos) << outcome.message;
  }
}

}  // namespace
}  // namespace shortlist::comm
