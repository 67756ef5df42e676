#include "comm/peer_watch.h"

#include <atomic>
#include <future>
#include <optional>
#include <poll.h>
#include <sys/socket.h>
#include <utility>

#include <gtest/gtest.h>

namespace shortlist::comm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr seconds kLong{60};

std::pair<Socket, Socket> Connection() {
  int ends[2] = {-1, -1};
  EXPECT_EQ(socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK, 0, ends), 0);
  return {Socket(ends[0]), Socket(ends[1])};
}

// The watch of rank 0 over rank 1 and the other way round.
class Watches {
 public:
  explicit Watches(const WatchOptions& options) {
    auto [near, far] = Connection();
    zero.emplace(PeersOf(1, std::move(near)), options);
    one.emplace(PeersOf(0, std::move(far)), options);
  }

  std::optional<PeerWatch> zero;
  std::optional<PeerWatch> one;

  static std::vector<WatchedPeer> PeersOf(int rank, Socket control) {
    std::vector<WatchedPeer> peers;
    peers.push_back({rank, "host-" + std::to_string(rank), std::move(control)});
    return peers;
  }
};

TEST(PeerWatchTest, APeacefulEndIsNoFailure) {
  Watches watches({.timeout = kLong, .abandon = {}});
  watches.one.reset();
  EXPECT_EQ(watches.zero->AwaitFailure(milliseconds(50)), "");
}

TEST(PeerWatchTest, ADeadRankIsNamed) {
  auto [near, far] = Connection();
  const PeerWatch watch(Watches::PeersOf(1, std::move(near)), {.timeout = kLong, .abandon = {}});
  far = Socket();
  EXPECT_EQ(watch.AwaitFailure(kLong),
            "rank 1 on host-1 has died: its connection ended without a farewell (killed, crashed, or out of memory)");
}

TEST(PeerWatchTest, ASilentRankIsNamedAfterTheTimeout) {
  auto [near, far] = Connection();
  const PeerWatch watch(Watches::PeersOf(1, std::move(near)), {.timeout = milliseconds(50), .abandon = {}});
  EXPECT_EQ(watch.AwaitFailure(kLong),
            "rank 1 on host-1 has shown no sign of life for 0 s: its process is stopped, or its host or network is "
            "down");
}

TEST(PeerWatchTest, HeartbeatsAreSentAgainAndAgain) {
  auto [near, far] = Connection();
  const PeerWatch watch(Watches::PeersOf(1, std::move(near)), {.timeout = seconds(4), .abandon = {}});
  pollfd entry{far.descriptor(), POLLIN, 0};
  for (int heartbeat = 0; heartbeat < 2; ++heartbeat) {
    char kind = 0;
    ASSERT_EQ(poll(&entry, 1, 60'000), 1);
    ASSERT_EQ(recv(far.descriptor(), &kind, 1, 0), 1);
    EXPECT_EQ(kind, 'h');
  }
}

TEST(PeerWatchTest, TheCauseReachesTheOthersAndIsPassedOn) {
  Watches watches({.timeout = kLong, .abandon = {}});
  EXPECT_EQ(watches.one->Fail("rank 7 is late"), "rank 7 is late");
  EXPECT_EQ(watches.zero->AwaitFailure(kLong), "rank 7 is late");
  watches.one.reset();
  EXPECT_EQ(watches.zero->Fail("another reason"), "rank 7 is late");
  EXPECT_EQ(watches.zero->Failure(), "rank 7 is late");
}

TEST(PeerWatchTest, ARankThatHangsIsAbandoned) {
  std::promise<std::string> abandoned;
  std::atomic<bool> called = false;
  auto [near, far] = Connection();
  PeerWatch watch(Watches::PeersOf(1, std::move(near)),
                  {.timeout = milliseconds(20), .abandon = [&](const auto& cause) {
                     if (!called.exchange(true)) abandoned.set_value(cause);
                   }});
  watch.Fail("rank 1 is gone");
  EXPECT_EQ(abandoned.get_future().get(), "rank 1 is gone");
}

}  // namespace
}  // namespace shortlist::comm
