#include "comm/socket.h"

#include <sys/socket.h>
#include <thread>

#include <gtest/gtest.h>

#include "shortlist/error.h"

namespace shortlist::comm {
namespace {

using std::chrono::milliseconds;
using std::chrono::seconds;

struct Pair {
  Socket listener = Listen(0);
  Socket near = Connect("127.0.0.1", PortOf(listener), After(seconds(30)));
  Socket far = Accept(listener, After(seconds(30)));
};

Code CodeOf(const std::function<void()>& action) {
  try {
    action();
  } catch (const Error& error) {
    return error.code();
  }
  return {};
}

TEST(SocketTest, TextsArriveWhole) {
  const Pair pair;
  const std::string large(kMaxTextBytes, 'x');
  std::thread sender([&] {
    SendText(pair.near, "", After(seconds(30)));
    SendText(pair.near, large, After(seconds(30)));
  });
  EXPECT_EQ(ReceiveText(pair.far, After(seconds(30))), "");
  EXPECT_EQ(ReceiveText(pair.far, After(seconds(30))), large);
  sender.join();
}

TEST(SocketTest, PeersSeeEachOthersAddress) {
  const Pair pair;
  EXPECT_EQ(PeerAddress(pair.near), "127.0.0.1");
  EXPECT_EQ(PeerAddress(pair.far), "127.0.0.1");
}

TEST(SocketTest, ATakenPortIsNamed) {
  const Socket first = Listen(0);
  try {
    Listen(PortOf(first));
    ADD_FAILURE() << "listened twice";
  } catch (const Error& error) {
    EXPECT_EQ(error.code(), Code::kUnavailable);
    EXPECT_EQ(error.what(), "listening on port " + std::to_string(PortOf(first)) + ": Address already in use");
  }
}

TEST(SocketTest, WaitingEndsAtTheDeadline) {
  const Pair pair;
  EXPECT_EQ(CodeOf([&] { ReceiveText(pair.near, After(milliseconds(10))); }), Code::kDeadlineExceeded);
  EXPECT_EQ(CodeOf([&] { Accept(pair.listener, After(milliseconds(10))); }), Code::kDeadlineExceeded);
}

TEST(SocketTest, ConnectingToNobodyEndsAtTheDeadline) {
  int port = 0;
  { port = PortOf(Listen(0)); }
  EXPECT_EQ(CodeOf([&] { Connect("127.0.0.1", port, After(milliseconds(10))); }), Code::kDeadlineExceeded);
  EXPECT_EQ(CodeOf([&] { Connect("no-such-host.invalid", port, After(milliseconds(10))); }), Code::kDeadlineExceeded);
}

TEST(SocketTest, TheEndOfAConnectionIsAnError) {
  Pair pair;
  pair.near = Socket();
  EXPECT_EQ(CodeOf([&] { ReceiveText(pair.far, After(seconds(30))); }), Code::kUnavailable);
}

TEST(SocketTest, AStrangersWordsAreNoText) {
  const Pair pair;
  const std::string request = "GET / HTTP/1.1\r\n\r\n";
  ASSERT_EQ(send(pair.near.descriptor(), request.data(), request.size(), 0), static_cast<ssize_t>(request.size()));
  EXPECT_EQ(CodeOf([&] { ReceiveText(pair.far, After(seconds(30))); }), Code::kUnavailable);
}

}  // namespace
}  // namespace shortlist::comm
